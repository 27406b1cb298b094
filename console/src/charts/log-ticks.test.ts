import { expect, it } from "vitest";
import { logTicks } from "@/charts/log-ticks";

it("ticks of a logarithmic axis are round numbers", () => {
  expect(logTicks(1.34, 2.2)).toEqual([1.4, 1.6, 1.8, 2, 2.2]);
  expect(logTicks(0.003, 0.7)).toEqual([0.01, 0.1]);
  expect(logTicks(0.8, 30)).toEqual([1, 2, 5, 10, 20]);
  expect(logTicks(1e-12, 1).every((one) => Number.isInteger(Math.log10(one) / 2))).toBe(true);
});

it("there are some in every range, and none where there is no range", () => {
  for (const high of [1.001, 1.1, 2, 9, 11, 1e3, 1e9, 1e300]) expect(logTicks(1, high).length).toBeGreaterThan(1);
  expect(logTicks(0, 1)).toEqual([]);
  expect(logTicks(2, 2)).toEqual([]);
});
