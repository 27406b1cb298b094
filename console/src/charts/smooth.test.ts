import { describe, expect, it } from "vitest";
import { smooth } from "@/charts/smooth";

describe("smoothing", () => {
  it("leaves a constant line as it is, from its first point on", () => {
    expect(smooth([5, 5, 5, 5], 0.9).map((one) => Number(one!.toFixed(12)))).toEqual([5, 5, 5, 5]);
  });

  it("weighs the points before by the weight, without their pull towards zero", () => {
    const [first, second] = smooth([1, 2], 0.5) as number[];
    expect(first).toBeCloseTo(1);
    expect(second).toBeCloseTo((1 * 0.25 + 2 * 0.5) / 0.75);
  });

  it("goes over gaps and empty places without a change", () => {
    expect(smooth([1, null, undefined, 1], 0.5)).toEqual([1, null, undefined, 1]);
  });
});
