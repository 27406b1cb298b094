/** Everything that is known of the compared runs, column by column; thousands of columns come in parts. */
import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { matrix, properties, type Cell, type Property, type TableAnswer, type Type } from "@/api/own";
import { rankOf } from "@/query/metrics";
import type { Statistic } from "@/pages/compare/state";

const PART = 1_000;
const SHOWN = /^(Parameters|Metrics|Tags)\.|^(Status\.PrimaryStatus|Parents\.ExperimentName|CreationTime|StartTime|EndTime|DisplayName)$/;
const HIDDEN = /^Tags\.(sagemaker|trialbook|aws):|^Metrics\.system\./;

export interface Attribute {
  readonly name: string;
  readonly type: Type;
  /** In the order of the runs. */
  readonly cells: readonly Cell[];
}

export interface Compared {
  readonly attributes: readonly Attribute[];
  readonly names: readonly string[];
  readonly arns: readonly string[];
  readonly metrics: readonly string[];
  /** How many columns there are, read or not. */
  readonly total: number;
  readonly pending: boolean;
  readonly error: Error | null;
  readonly again: () => void;
}

export function useCompared(runs: readonly string[], statistic: Statistic): Compared {
  const where = `TrialComponentName in (${runs.map((one) => JSON.stringify(one)).join(", ")})`;
  const known = useQuery({
    queryKey: ["properties", "run", "", where, "all"],
    queryFn: ({ signal }) => properties("run", "", 100_000, where, signal),
    enabled: runs.length > 0,
    placeholderData: keepPreviousData,
  });
  const chosen = useMemo(() => (known.data ?? []).filter((one) => SHOWN.test(one.name) && !HIDDEN.test(one.name)).toSorted((one, two) => reported(one.name) - reported(two.name)), [known.data]);
  const columns = useMemo(() => chosen.map((one) => columnOf(one, statistic)), [chosen, statistic]);
  const parts = useMemo(() => Array.from({ length: Math.ceil(columns.length / PART) }, (_, at) => columns.slice(at * PART, (at + 1) * PART)), [columns]);
  const read = useQueries({
    queries: parts.map((part) => ({
      queryKey: ["matrix", runs, part],
      queryFn: ({ signal }: { readonly signal: AbortSignal }) => matrix({ resource: "run", names: runs, columns: part, limit: 100 }, signal),
      staleTime: 5_000,
      placeholderData: keepPreviousData,
    })),
    combine: (results) => ({
      answers: results.flatMap((one) => (one.data === undefined ? [] : [one.data])),
      pending: results.some((one) => one.isPending),
      error: results.find((one) => one.error !== null)?.error ?? null,
      again: () => {
        for (const one of results) void one.refetch();
      },
    }),
  });
  const { answers } = read;
  const attributes = useMemo(() => attributesOf(chosen, statistic, answers), [chosen, statistic, answers]);
  return {
    attributes,
    names: answers[0]?.names ?? [],
    arns: answers[0]?.arns ?? [],
    metrics: useMemo(() => chosen.filter((one) => one.name.startsWith("Metrics.")).map((one) => one.name.slice("Metrics.".length)), [chosen]),
    total: chosen.length,
    pending: known.isPending || read.pending,
    error: known.error ?? read.error,
    again: () => {
      void known.refetch();
      read.again();
    },
  };
}

/** Figures of reports come after all else; the order within each stays. */
function reported(name: string): number {
  return name.startsWith("Metrics.") ? rankOf(name.slice("Metrics.".length)) : 0;
}

function columnOf(property: Property, statistic: Statistic): string {
  return property.name.startsWith("Metrics.") && statistic !== "Last" ? `${property.name}.${statistic}` : property.name;
}

function attributesOf(chosen: readonly Property[], statistic: Statistic, answers: readonly TableAnswer[]): Attribute[] {
  const cells = new Map<string, readonly [readonly Cell[], Type]>();
  for (const answer of answers) for (const [name, values] of Object.entries(answer.columns)) cells.set(name, [values, answer.types[name] ?? "mixed"]);
  return chosen.flatMap((one) => {
    const found = cells.get(columnOf(one, statistic));
    return found === undefined ? [] : [{ name: one.name, type: found[1], cells: found[0] }];
  });
}

/** Say whether the runs do not all have the same there. */
export function differs(attribute: Attribute): boolean {
  const first = JSON.stringify(attribute.cells[0] ?? null);
  return attribute.cells.some((one) => JSON.stringify(one ?? null) !== first);
}
