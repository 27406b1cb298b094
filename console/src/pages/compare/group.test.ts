import { expect, it } from "vitest";
import type { Line } from "@/charts/plot";
import { regrouped } from "@/pages/compare/group";

function line(run: string, raw: Line["raw"]): Line {
  return { run, metric: "m", value: raw, raw, low: undefined, high: undefined, marks: [] };
}

it("draws a group as the mean of those that have a value, with a band", () => {
  const plot = { x: [0, 1, 2], lines: [line("a", [1, 3, undefined]), line("b", [3, undefined, undefined]), line("c", [9, 9, null])] };
  const made = regrouped(plot, new Map([["a", "g"], ["b", "g"], ["c", "h"]]));
  expect(made.lines.map((one) => one.run)).toEqual(["g", "h"]);
  expect(made.lines[0]).toMatchObject({ raw: [2, 3, undefined], low: [1, 3, undefined], high: [3, 3, undefined] });
  expect(made.lines[1]!.raw).toEqual([9, 9, null]);
});

it("keeps the spikes of buckets in the band", () => {
  const plot = { x: [0], lines: [{ ...line("a", [1]), low: [-4], high: [1] }, { ...line("b", [3]), low: [2], high: [90] }] };
  expect(regrouped(plot, new Map([["a", "g"], ["b", "g"]])).lines[0]).toMatchObject({ raw: [2], low: [-4], high: [90] });
});

it("breaks where all members that have points break", () => {
  const plot = { x: [0, 1, 2], lines: [line("a", [1, null, 2]), line("b", [undefined, undefined, undefined])] };
  expect(regrouped(plot, new Map([["a", "g"], ["b", "g"]])).lines[0]!.raw).toEqual([1, null, 2]);
});
