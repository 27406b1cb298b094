/** Statistics of a metric: a column without one is its last value. */

export const STATISTICS = [
  ["", "Last"],
  ["min", "Min"],
  ["max", "Max"],
  ["avg", "Avg"],
  ["count", "Count"],
  ["stddev", "StdDev"],
] as const;

const SUFFIX = /\.(last|min|max|avg|count|stddev)$/;

export function isMetric(column: string): boolean {
  return column.startsWith("Metrics.");
}

/** `Metrics.auc.max` is `Metrics.auc` and `max`. */
export function split(column: string): { readonly metric: string; readonly statistic: string } {
  const found = isMetric(column) ? SUFFIX.exec(column) : null;
  return found === null ? { metric: column, statistic: "" } : { metric: column.slice(0, -found[0].length), statistic: found[1] === "last" ? "" : found[1]! };
}

export function joined(metric: string, statistic: string): string {
  return statistic === "" ? metric : `${metric}.${statistic}`;
}

/** Put another statistic of the metric in a column's place; one that is shown already just goes. */
export function withStatistic(columns: readonly string[], column: string, statistic: string): readonly string[] {
  const next = joined(split(column).metric, statistic);
  const changed = columns.map((one) => (one === column ? next : one));
  return changed.filter((one, at) => changed.indexOf(one) === at);
}
