import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { groups } from "@/api/groups";
import { properties, table, type Cell } from "@/api/own";
import { useFreshList } from "@/live/news";
import { bestBy, goalOf, inOrder } from "@/query/metrics";
import { shortName, show } from "@/query/show";

export const BEST = "max";
export const LEAST = "min";
const MOST = 1_000;

export interface ExperimentRow {
  readonly name: string;
  readonly arn: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly runs: number;
  readonly last: number | undefined;
  readonly best: number | null;
}

/** Three questions: the experiments, the metrics of runs, and the runs grouped by experiment. They follow the store. */
export function useExperiments(metric: string, wanted: typeof BEST | typeof LEAST | undefined) {
  const known = useQuery({ queryKey: ["properties", "run", "Metrics.", 200], queryFn: ({ signal }) => properties("run", "Metrics.", 200, "", signal), staleTime: 30_000 });
  const metrics = (known.data ?? []).filter((one) => one.name.startsWith("Metrics.")).toSorted((one, two) => inOrder(shortName(one.name), shortName(two.name)));
  const chosen = bestBy(metrics.map((one) => ({ name: shortName(one.name), count: one.count })));
  const asked = metric !== "" ? metric : chosen === undefined ? (metrics[0]?.name ?? "") : `Metrics.${chosen}`;
  const best = wanted ?? goalOf(asked);
  const found = useQuery({
    queryKey: ["experiments", asked, best],
    queryFn: async ({ signal }) => {
      const tags = (await properties("experiment", "Tags.", 50, "", signal)).filter((one) => one.name.startsWith("Tags.")).map((one) => one.name);
      const aggregates = [{ property: "LastModifiedTime", function: "max" as const }, ...(asked === "" ? [] : [{ property: asked, function: best }])];
      const [list, runs] = await Promise.all([
        table({ resource: "experiment", columns: ["Description", "LastModifiedTime", ...tags], sort: ["-LastModifiedTime"], limit: MOST }, signal),
        groups({ resource: "run", by: ["Parents.ExperimentName"], aggregates, limit: 10_000 }, signal),
      ]);
      const at = new Map((runs.by["Parents.ExperimentName"] ?? []).map((name, place) => [String(name), place]));
      const aggregate = (number: number, place: number | undefined) => (place === undefined ? undefined : runs.aggregates[number]?.values[place]);
      const rows = list.names.map((name, row): ExperimentRow => {
        const place = at.get(name);
        const value = aggregate(1, place);
        return {
          name,
          arn: list.arns[row]!,
          description: text(list.columns["Description"]?.[row]),
          tags: tags.flatMap((tag) => {
            const told = text(list.columns[tag]?.[row]);
            return told === "" ? [] : [`${tag.slice("Tags.".length)}: ${told}`];
          }),
          runs: place === undefined ? 0 : (runs.counts[place] ?? 0),
          last: Math.max(numberOf(aggregate(0, place)), numberOf(list.columns["LastModifiedTime"]?.[row])),
          best: typeof value === "number" ? value : null,
        };
      });
      return { rows, total: list.total, metric: asked, best };
    },
    placeholderData: keepPreviousData,
    enabled: !known.isPending,
  });
  useFreshList(["search:run", "search:experiment"], () => Promise.all([asked === "" ? known.refetch() : undefined, found.refetch()]));
  return { found, metrics };
}

function text(cell: Cell | undefined): string {
  return show(cell, "text");
}

function numberOf(cell: Cell | undefined): number {
  return typeof cell === "number" ? cell : Number.NEGATIVE_INFINITY;
}
