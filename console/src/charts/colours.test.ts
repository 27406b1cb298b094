import { expect, it } from "vitest";
import { strokes } from "@/charts/colours";

it("gives a run the same stroke whatever the order, and eight runs eight colours", () => {
  const names = Array.from({ length: 8 }, (_, at) => `run-${at}`);
  const forward = strokes(names);
  expect(strokes([...names].reverse())).toEqual(forward);
  expect(new Set([...forward.values()].map((one) => one.colour)).size).toBe(8);
});

it("tells a ninth run apart by its dashes", () => {
  const all = [...strokes(Array.from({ length: 16 }, (_, at) => `run-${at}`)).values()];
  expect(new Set(all.map((one) => `${one.colour} ${one.dash.join(" ")}`)).size).toBe(16);
});
