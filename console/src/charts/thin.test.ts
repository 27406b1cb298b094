import { describe, expect, it } from "vitest";
import { corners } from "@/charts/thin";
import type { Value } from "@/charts/smooth";

function walked(value: readonly Value[], low?: readonly Value[], high?: readonly Value[]): (readonly [number, number, boolean])[] {
  const found: (readonly [number, number, boolean])[] = [];
  const left = Float64Array.from(value, (_, at) => at);
  corners(value, low, high, left, (one) => 100 - one, [0, value.length - 1], (...corner) => found.push(corner));
  return found;
}

describe("a thin line", () => {
  it("goes through the least and the greatest value of each bucket, the nearer one first", () => {
    expect(walked([10, 10, 10], [10, 5, 4], [10, 90, 12])).toEqual([
      [0, 90, true],
      [1, 95, false],
      [1, 10, false],
      [2, 88, false],
      [2, 96, false],
    ]);
  });

  it("has one corner where a bucket is not higher than a pixel, or is one point", () => {
    expect(walked([10, 11], [9.8, 10.5], [10.2, 11.2])).toHaveLength(2);
    expect(walked([10, 11])).toHaveLength(2);
  });

  it("breaks at a gap, and goes on over places of other series", () => {
    expect(walked([1, null, 2, undefined, 3])).toEqual([
      [0, 99, true],
      [2, 98, true],
      [4, 97, false],
    ]);
  });

  it("keeps the spike of a bucket that ends with no number, and is broken after it", () => {
    expect(walked([1, null, 2], [1, 0, 2], [1, 80, 2])).toEqual([
      [0, 99, true],
      [1, 100, false],
      [1, 20, false],
      [2, 98, true],
    ]);
  });
});
