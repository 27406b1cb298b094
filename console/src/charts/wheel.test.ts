import { describe, expect, it } from "vitest";
import { turned, within } from "@/charts/wheel";

describe("a turn of the wheel", () => {
  it("zooms at the pointer, which stays where it is", () => {
    const [left, right] = turned(100, 400, -100, false);
    expect(left).toBeGreaterThan(0);
    expect(right).toBeLessThan(400);
    expect((100 - left) / (right - left)).toBeCloseTo(0.25);
  });

  it("moves by as much at both ends", () => {
    expect(turned(100, 400, 100, true)).toEqual([50, 450]);
  });
});

describe("a range", () => {
  it("stays within the whole axis, as wide as it was", () => {
    expect(within([-10, 20], [0, 100])).toEqual([0, 30]);
    expect(within([90, 120], [0, 100])).toEqual([70, 100]);
    expect(within([10, 20], [0, 100])).toEqual([10, 20]);
  });

  it("that covers the axis is all of it", () => {
    expect(within([-10, 120], [0, 100])).toBeUndefined();
  });
});
