/** Groups of records as the address says them: `by=Parameters.lr,Tags.team&agg=mean:Metrics.auc`. */
import { AGGREGATES, type AggregateFunction } from "@/api/groups";
import type { Cell } from "@/api/own";
import type { Condition, Group } from "@/query/filter";

export interface Aggregate {
  readonly property: string;
  readonly function: AggregateFunction;
}

export function parseBy(text: string | null): readonly string[] {
  return (text ?? "").split(",").filter((one) => one !== "").map(decodeURIComponent);
}

export function writeBy(by: readonly string[]): string {
  return by.map(encodeURIComponent).join(",");
}

export function parseAggregates(text: string | null): readonly Aggregate[] {
  return (text ?? "").split(",").flatMap((one) => {
    const cut = one.indexOf(":");
    const name = AGGREGATES.find((each) => each === one.slice(0, cut));
    const property = decodeURIComponent(one.slice(cut + 1));
    return name === undefined || property === "" ? [] : [{ property, function: name }];
  });
}

export function writeAggregates(aggregates: readonly Aggregate[]): string {
  return aggregates.map((one) => `${one.function}:${encodeURIComponent(one.property)}`).join(",");
}

/** The filter that finds the records of one group. */
export function countedBy(filter: Group, by: readonly string[], values: readonly (Cell | undefined)[]): Group {
  const conditions = by.map((property, at): Condition => {
    const value = values[at];
    return value === null || value === undefined ? { property, operator: "not exists", values: [] } : { property, operator: "=", values: [String(value)] };
  });
  return { join: "and", nodes: [...(filter.nodes.length === 0 ? [] : filter.join === "and" ? filter.nodes : [filter]), ...conditions] };
}
