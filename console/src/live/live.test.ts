import { describe, expect, it, vi } from "vitest";
import type { Column, View } from "@/api/view";
import { batched, only } from "@/live/batch";
import { Hub, type Points, type Told } from "@/live/hub";
import { extended, positionOf } from "@/live/tail";
import { withPoints } from "@/live/use-view";

function column(metric: string, values: readonly number[], count: readonly number[]): Column {
  const last = Float64Array.from(values);
  return { run: "r", metric, points: values.length, error: undefined, last, min: last, max: last, count: Uint32Array.from(count) };
}

function view(mode: View["mode"], x: readonly number[], ...series: Column[]): View {
  return { mode, rev: 1, cursor: "", x: Float64Array.from(x), series };
}

const cursor = (position: number): string => btoa(JSON.stringify(["db", 1, position, {}, {}]));

describe("points that came", () => {
  it("get places of their own in a raw view, in order", () => {
    const before = view("raw", [0, 2], column("a", [1, 2], [1, 1]), column("b", [5, Number.NaN], [1, 0]));
    const after = extended(before, [undefined, { x: [1, 3], y: [6, 7] }]);
    expect([...after.x]).toEqual([0, 1, 2, 3]);
    expect([...after.series[1]!.count]).toEqual([1, 1, 0, 1]);
    expect([...after.series[0]!.count]).toEqual([1, 0, 1, 0]);
    expect(after.series[1]!.last[3]).toBe(7);
  });

  it("widen the bucket that they fall into", () => {
    const after = extended(view("buckets", [0, 10], column("a", [1, 2], [3, 3])), [{ x: [5, 12], y: [-4, 9] }]);
    expect([...after.x]).toEqual([0, 10, 12]);
    expect(after.series[0]!.min[0]).toBe(-4);
    expect(after.series[0]!.max[0]).toBe(1);
    expect(after.series[0]!.last[0]).toBe(-4);
    expect(after.series[0]!.last[2]).toBe(9);
  });

  it("come once: what the view has already is not put onto it again", () => {
    const told: Points = { run: "r", metric: "a", cursor: 9, after: 3, x: [1, 2, 3], t: [0, 0, 0], y: [1, 2, "NaN"] };
    const names = new Map([["r\na", 0]]);
    const done = withPoints(view("raw", [1, 2], column("a", [1, 2], [1, 1])), [told], 7, names, { x: "step", from: undefined, to: undefined });
    expect(done.late).toBe(false);
    expect([...done.view.x]).toEqual([1, 2, 3]);
    expect(done.view.series[0]!.last[2]).toBeNaN();
  });

  it("have the view read anew when they are late", () => {
    const told: Points = { run: "r", metric: "a", cursor: 9, after: 8, x: [1], t: [0], y: [1] };
    const done = withPoints(view("raw", [1, 2], column("a", [1, 2], [1, 1])), [told], 7, new Map([["r\na", 0]]), { x: "step", from: undefined, to: undefined });
    expect(done.late).toBe(true);
  });
});

describe("the hub", () => {
  it("tells what came together, at most four times a second, and that a new stream may lack something", () => {
    vi.useFakeTimers();
    const hub = new Hub();
    const told: Told[] = [];
    hub.subscribe((one) => told.push(one));
    hub.hear("hello", {}, cursor(5));
    hub.hear("points", { run: "r", metric: "a", cursor: 6, x: [1], t: [1], y: [1] }, "");
    hub.hear("points", { run: "r", metric: "b", cursor: 6, x: [1], t: [1], y: [1] }, cursor(6));
    hub.hear("points", { run: "r", metric: "a", cursor: 7, x: [2], t: [1], y: [1] }, cursor(7));
    vi.advanceTimersByTime(300);
    vi.useRealTimers();
    expect(told).toHaveLength(1);
    expect(told[0]!.reset).toBe(true);
    expect(told[0]!.points.map((one) => one.after)).toEqual([5, 5, 6]);
    expect(positionOf(cursor(5))).toBe(5);
  });
});

describe("charts that appear together", () => {
  it("share one request, and each gets its own part", async () => {
    const asked: number[] = [];
    const ask = (request: { queries: readonly unknown[] }): Promise<View> => {
      asked.push(request.queries.length);
      return Promise.resolve(view("raw", [0, 1], column("a", [1, Number.NaN], [1, 0]), column("b", [Number.NaN, 2], [0, 1])));
    };
    const [first, second] = await Promise.all(["a", "b"].map((metric) => batched({ queries: [{ run: "r", metric }], x: "step" }, "", ask)));
    expect(asked).toEqual([2]);
    expect([...first!.x]).toEqual([0]);
    expect([...second!.x]).toEqual([1]);
    expect(second!.series[0]!.metric).toBe("b");
  });

  it("keep a grid of buckets whole", () => {
    expect([...only(view("buckets", [0, 1], column("a", [1, Number.NaN], [1, 0])), 0, 1).x]).toEqual([0, 1]);
  });
});
