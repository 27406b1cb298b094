/** What the page of a comparison shows, in its address. */
import { change } from "@/app/router";

export const STATISTICS = ["Last", "Min", "Max", "Avg", "StdDev", "Count"] as const;
export type Statistic = (typeof STATISTICS)[number];
export const VIEWS = ["table", "charts", "parallel", "scatter", "curves", "test"] as const;
export type ViewName = (typeof VIEWS)[number];
export const MOST_RUNS = 100;

export interface CompareState {
  readonly runs: readonly string[];
  /** The run that others are compared with. */
  readonly base: string | undefined;
  /** The property that puts runs together. */
  readonly by: string | undefined;
  readonly hidden: ReadonlySet<string>;
  readonly diff: boolean;
  readonly transposed: boolean;
  readonly statistic: Statistic;
  readonly view: ViewName;
  readonly find: string;
}

export function readCompare(params: URLSearchParams): CompareState {
  const runs = [...new Set(list(params.get("runs")))].slice(0, MOST_RUNS);
  const base = params.get("base") ?? undefined;
  return {
    runs,
    base: base !== undefined && runs.includes(base) ? base : undefined,
    by: params.get("by") ?? undefined,
    hidden: new Set(list(params.get("hidden"))),
    diff: params.get("diff") !== "all",
    transposed: params.get("turn") === "1",
    statistic: STATISTICS.find((one) => one === params.get("stat")) ?? "Last",
    view: VIEWS.find((one) => one === params.get("view")) ?? "table",
    find: params.get("find") ?? "",
  };
}

export function list(text: string | null): string[] {
  return (text ?? "").split(",").filter((one) => one !== "").map(decodeURIComponent);
}

export function joined(names: Iterable<string>): string {
  return [...names].map(encodeURIComponent).join(",");
}

export function write(params: Readonly<Record<string, string | undefined>>): void {
  change(params, "replace");
}

export function writeRuns(runs: readonly string[]): void {
  change({ runs: joined(runs) });
}
