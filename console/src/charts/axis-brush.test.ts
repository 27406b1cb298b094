import { describe, expect, it } from "vitest";
import { axisOf } from "@/charts/axes";
import { moved } from "@/charts/axis-brush";

const numbers = axisOf({ name: "lr", type: "number", cells: [0, 1] });
const texts = axisOf({ name: "kind", type: "text", cells: ["a", "b", "c"] });

describe("the ends of a brush", () => {
  it("move by steps and stay on the axis", () => {
    expect(moved({ key: "ArrowUp" }, numbers, [0, 1], 0)).toEqual([0.02, 1]);
    expect(moved({ key: "PageDown" }, numbers, [0, 1], 1)).toEqual([0, 0.9]);
    expect(moved({ key: "ArrowUp" }, numbers, [0, 1], 1)).toEqual([0, 1]);
  });

  it("do not pass each other", () => {
    expect(moved({ key: "End" }, numbers, [0, 0.5], 0)).toEqual([0.5, 0.5]);
    expect(moved({ key: "Home" }, numbers, [0.4, 0.5], 1)).toEqual([0.4, 0.4]);
  });

  it("go from text to text", () => {
    expect(moved({ key: "ArrowUp" }, texts, [0, 1], 0)).toEqual([0.5, 1]);
    expect(moved({ key: "ArrowDown" }, texts, [0, 1], 1)).toEqual([0, 0.5]);
  });

  it("are let go with Escape, and leave other keys alone", () => {
    expect(moved({ key: "Escape" }, numbers, [0.2, 0.4], 0)).toEqual([0, 1]);
    expect(moved({ key: "j" }, numbers, [0.2, 0.4], 0)).toBeNull();
  });
});
