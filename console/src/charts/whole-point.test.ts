import { describe, expect, it, vi } from "vitest";
import { Asking, below, pointTexts, rangeAt, valueText } from "@/charts/whole-point";

describe("the range of a place", () => {
  it("is the point itself, or a bucket without the begin of the next", () => {
    expect(rangeAt([0, 10, 20], 1, true)).toEqual([10, 10]);
    const [low, high] = rangeAt([0, 10, 20], 1, false);
    expect(low).toBe(10);
    expect(high).toBeLessThan(20);
    expect(high).toBeGreaterThan(19.99999999);
    expect(rangeAt([0, 10, 20], 2, false)).toEqual([20, undefined]);
  });

  it("ends at the next number below, on both sides of zero", () => {
    expect(below(1)).toBe(1 - Number.EPSILON / 2);
    expect(below(-1)).toBe(-1 - Number.EPSILON);
    expect(below(0)).toBe(-Number.MIN_VALUE);
  });
});

it("a point is written with step, wall time, time since the start and all digits", () => {
  const texts = pointTexts({ step: 543_210, time: 1_790_000_061, since: 61, value: 0.1234567890123 });
  expect(texts).toHaveLength(4);
  expect(texts[0]).toBe("step 543210");
  expect(texts[2]).toBe("1 min 1 s since the run's start");
  expect(texts[3]).toBe("last value 0.1234567890123");
  expect(pointTexts({ step: null, time: 0, since: -2, value: "NaN" }).slice(1)).toEqual(["-2.0 s since the run's start", "last value NaN"]);
});

it("a smoothed value has the logged one beside it", () => {
  expect(valueText(0.5, 0.75, true)).toBe("0.5 (logged 0.75)");
  expect(valueText(0.5, 0.5, true)).toBe("0.5");
  expect(valueText(0.5, undefined, false)).toBe("0.5");
});

it("only the last place that was wanted is asked for, once", async () => {
  vi.useFakeTimers();
  const asking = new Asking();
  const ask = vi.fn(() => Promise.resolve({ step: 1, time: 0, since: 0, value: 1 }));
  const tell = vi.fn();
  const query = { run: "r", metric: "m" };
  expect(asking.want(ask, query, "step", [1, 1], tell)).toBeUndefined();
  expect(asking.want(ask, query, "step", [2, 2], tell)).toBeUndefined();
  await vi.advanceTimersByTimeAsync(500);
  expect(ask).toHaveBeenCalledTimes(1);
  expect(tell).toHaveBeenCalledTimes(1);
  expect(asking.want(ask, query, "step", [2, 2], tell)).toContain("step 1");
  asking.stop();
  vi.useRealTimers();
});
