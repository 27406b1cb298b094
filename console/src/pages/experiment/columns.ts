/** What the table of an experiment's runs shows until somebody chooses: what differs between them, and how good they are. */
import { useQuery } from "@tanstack/react-query";
import { matrix, properties, values, type Cell } from "@/api/own";
import { bestBy, goalOf, inOrder, rankOf } from "@/query/metrics";
import { shortName } from "@/query/show";
import { NAME_WIDTH, widthOf } from "@/records/columns";
import { kindOf, type Kind } from "@/records/kinds";

const OBJECTIVE = "Parameters._tuning_objective_metric";
const STATUS = "Status.PrimaryStatus";
/** Beside the table, in pixels: the navigation, margins, and the boxes to choose rows. */
const BESIDE = 365;
const SMALL = 1_280;
const MOST_OF_EACH = 5;
/** Runs and parameters that are looked at to see which differ. */
const LOOKED_AT = { runs: 200, parameters: 40 };

interface Measured {
  readonly metrics: readonly string[];
  readonly parameters: readonly string[];
  readonly best: string | undefined;
}

async function read(where: string, signal: AbortSignal): Promise<Measured> {
  const known = await properties("run", "", 10_000, where, signal);
  const metrics = known.filter((one) => one.name.startsWith("Metrics.")).map((one) => ({ ...one, name: shortName(one.name) }));
  const given = known.filter((one) => one.name.startsWith("Parameters.") && one.name !== OBJECTIVE).toSorted((one, two) => two.count - one.count).slice(0, LOOKED_AT.parameters).map((one) => one.name);
  const [objective, answer] = await Promise.all([
    known.some((one) => one.name === OBJECTIVE) ? values("run", OBJECTIVE, "", 1, where, signal) : undefined,
    given.length === 0 ? undefined : matrix({ resource: "run", where, columns: given, limit: LOOKED_AT.runs }, signal),
  ]);
  const best = bestBy(metrics, text(objective?.values[0]?.value));
  return { metrics: columnsOf(metrics.map((one) => one.name), best), parameters: given.filter((name) => differs(answer?.columns[name] ?? [])), best };
}

/** The metric that ranks the runs, then others of the training, those like it first. */
export function columnsOf(metrics: readonly string[], best: string | undefined): readonly string[] {
  if (best === undefined) return [];
  const part = /^.*[/:]/.exec(best)?.[0] ?? "";
  const others = metrics.filter((name) => name !== best && rankOf(name) === 0);
  const like = (name: string) => Number(!name.endsWith(best.slice(part.length))) + Number(/train/.test(name));
  return [best, ...others.toSorted((one, two) => like(one) - like(two) || inOrder(one, two))];
}

/** The first metric, the first parameter, and so on by turns, as long as they fit into the width; metrics stand first. */
export function fitting(metrics: readonly string[], parameters: readonly string[], width: number): readonly string[] {
  const turns = Array.from({ length: MOST_OF_EACH }, (_, at) => [metrics[at], parameters[at]]).flat().filter((one) => one !== undefined);
  let left = width;
  const chosen = turns.filter((name) => widthOf(name) <= left && (left -= widthOf(name)) >= 0);
  return [...metrics.filter((one) => chosen.includes(one)), ...parameters.filter((one) => chosen.includes(one)), STATUS];
}

export function differs(cells: readonly Cell[]): boolean {
  return new Set(cells.map((one) => JSON.stringify(one))).size > 1;
}

function text(value: Cell | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The kind of record that the table of an experiment's runs shows; undefined until it is known. */
export function useRunKind(experiment: string, where: string): { readonly kind: Kind | undefined; readonly best: string | undefined } {
  const found = useQuery({ queryKey: ["run-columns", where], queryFn: ({ signal }) => read(where, signal), staleTime: 60_000, retry: false });
  const run = kindOf("run");
  if (found.isPending) return { kind: undefined, best: undefined };
  const { metrics = [], parameters = [], best } = found.data ?? {};
  const columns = best === undefined ? [STATUS, "CreationTime"] : fitting(metrics.map((name) => `Metrics.${name}`), parameters, Math.max(SMALL, window.innerWidth) - BESIDE - NAME_WIDTH - widthOf(STATUS));
  const sort = best === undefined ? "-CreationTime" : `${goalOf(best) === "max" ? "-" : ""}Metrics.${best}`;
  return { kind: { ...run, columns, sort, memory: `run:${experiment}` }, best };
}
