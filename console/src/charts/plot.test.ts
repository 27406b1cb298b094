import { describe, expect, it } from "vitest";
import type { View } from "@/api/view";
import { gapsOf, oddText, plotOf, rangeOf } from "@/charts/plot";

function made(values: readonly number[], count = values.map(() => 1), mode: View["mode"] = "raw"): View {
  const last = Float64Array.from(values);
  const column = { run: "r", metric: "m", points: values.length, error: undefined, last, min: last, max: last, count: Uint32Array.from(count) };
  return { mode, rev: 1, cursor: "", x: Float64Array.from(values, (_, at) => at), series: [column] };
}
const plain = { smooth: 0, logX: false, logY: false };

describe("a plot", () => {
  it("breaks the line where a value is no number, and marks it", () => {
    const [line] = plotOf(made([1, Number.NaN, 2, Infinity, -Infinity]), plain).lines;
    expect(line!.value).toEqual([1, null, 2, null, null]);
    expect(line!.marks).toEqual([
      { at: 1, what: "NaN" },
      { at: 3, what: "Infinity" },
      { at: 4, what: "-Infinity" },
    ]);
  });

  it("marks NaN and both infinities of a bucket, whichever of its points they are", () => {
    const view = made([1, 2, 3], [4, 4, 4], "buckets");
    const [column] = view.series;
    const odd = { ...column!, min: Float64Array.from([1, -Infinity, 3]), max: Float64Array.from([1, Infinity, 3]), nan: Uint32Array.from([2, 1, 0]) };
    const [line] = plotOf({ ...view, series: [odd] }, plain).lines;
    expect(line!.value).toEqual([1, 2, 3]);
    expect(line!.marks).toEqual([
      { at: 0, what: "NaN" },
      { at: 1, what: "NaN" },
      { at: 1, what: "Infinity" },
      { at: 1, what: "-Infinity" },
    ]);
    expect([0, 1, 2].map((at) => oddText(line!, at))).toEqual(["NaN", "NaN, Infinity, -Infinity", undefined]);
  });

  it("goes on over places that are only other series'", () => {
    const [line] = plotOf(made([1, Number.NaN, 2], [1, 0, 1]), plain).lines;
    expect(line!.value).toEqual([1, undefined, 2]);
    expect(line!.marks).toEqual([]);
  });

  it("has no place at or below zero on a logarithmic axis", () => {
    const plot = plotOf(made([-1, 0, 1, 2]), { smooth: 0, logX: true, logY: true });
    expect(plot.x).toEqual([1, 2, 3]);
    expect(plot.lines[0]!.value).toEqual([null, 1, 2]);
  });

  it("keeps the raw line beside the smoothed one", () => {
    const [line] = plotOf(made([0, 1, 0, 1]), { ...plain, smooth: 0.9 }).lines;
    expect(line!.raw).toEqual([0, 1, 0, 1]);
    expect(line!.value).not.toEqual(line!.raw);
  });
});

describe("gaps", () => {
  it("are holes much wider than is usual for the series", () => {
    const count = new Uint32Array(60);
    for (const at of [0, 2, 4, 6, 8, 50, 52]) count[at] = 1;
    expect([...gapsOf(count)]).toEqual([9]);
  });
  it("are not the usual distance of a sparse series", () => {
    const count = new Uint32Array(400);
    for (let at = 0; at < 400; at += 40) count[at] = 1;
    expect(gapsOf(count).size).toBe(0);
  });
});

describe("the range of values", () => {
  it("leaves out the outliers when asked to", () => {
    const plot = plotOf(made([...Array.from({ length: 999 }, (_, at) => at / 999), 1e6]), plain);
    expect(rangeOf(plot, 0, 999, 0)![1]).toBe(1e6);
    expect(rangeOf(plot, 0, 999, 0.01)![1]).toBeLessThan(1);
  });
});
