/** Runs that share the value of a property, as one line: their mean, with a band from the least to the greatest. */
import type { Plot } from "@/charts/plot";
import type { Value } from "@/charts/smooth";

export function regrouped(plot: Plot, groupOf: ReadonlyMap<string, string>): Plot {
  const groups = new Map<string, number[]>();
  plot.lines.forEach((line, at) => {
    const group = groupOf.get(line.run) ?? "";
    groups.set(group, [...(groups.get(group) ?? []), at]);
  });
  const lines = [...groups].map(([run, members]) => {
    // Those that have no point at all say nothing of gaps.
    const there = members.filter((member) => plot.lines[member]!.raw.some((one) => one !== undefined));
    const raw: Value[] = Array.from({ length: plot.x.length });
    const low: Value[] = Array.from({ length: plot.x.length });
    const high: Value[] = Array.from({ length: plot.x.length });
    for (let at = 0; at < plot.x.length; at += 1) {
      const values = members.map((member) => plot.lines[member]!.raw[at]).filter((one) => typeof one === "number");
      if (values.length === 0) {
        if (there.every((member) => plot.lines[member]!.raw[at] === null)) raw[at] = null;
        continue;
      }
      raw[at] = values.reduce((sum, one) => sum + one, 0) / values.length;
      low[at] = Math.min(...values, ...ends(plot, members, "low", at));
      high[at] = Math.max(...values, ...ends(plot, members, "high", at));
    }
    const [first] = members;
    return { run, metric: plot.lines[first!]!.metric, value: raw, raw, low, high, marks: members.flatMap((member) => plot.lines[member]!.marks) };
  });
  return { x: plot.x, exact: false, lines };
}

/** Give the least or the greatest values of a bucket that the members have. */
function ends(plot: Plot, members: readonly number[], which: "low" | "high", at: number): number[] {
  return members.map((member) => plot.lines[member]![which]?.[at]).filter((one) => typeof one === "number");
}
