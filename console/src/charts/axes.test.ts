import { expect, it } from "vitest";
import { axisOf, shade } from "@/charts/axes";

it("places numbers by their size, and by their order of magnitude on a logarithmic axis", () => {
  const cells = [0.001, 0.01, 0.1, null, "NaN"];
  expect([...axisOf({ name: "lr", type: "number", cells }, true).at].map((one) => Number(one.toFixed(6)))).toEqual([0, 0.5, 1, Number.NaN, Number.NaN]);
  expect(axisOf({ name: "lr", type: "number", cells }).at[1]).toBeCloseTo(0.0909, 3);
});

it("places texts by their order", () => {
  const axis = axisOf({ name: "o", type: "text", cells: ["sgd", "adam", null, "lion"] });
  expect([...axis.at]).toEqual([1, 0, Number.NaN, 0.5]);
  expect(axis.ticks.map((one) => one.text)).toEqual(["adam", "lion", "sgd"]);
});

it("puts one value in the middle", () => {
  expect(axisOf({ name: "x", type: "number", cells: [3, 3] }).at[0]).toBe(0.5);
  expect(axisOf({ name: "x", type: "text", cells: ["a"] }).at[0]).toBe(0.5);
});

it("shades what has no value grey", () => expect(shade(Number.NaN)).toBe("rgb(140, 140, 140)"));
