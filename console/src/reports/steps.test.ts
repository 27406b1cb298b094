import { describe, expect, it } from "vitest";
import { steps } from "@/reports/steps";

describe("a waterfall", () => {
  it("goes from the expected prediction to the row's, the largest step first", () => {
    const found = steps({ columns: ["id", "a_yes", "b_yes", "b_no"], rows: [["x", 0.1, -0.4, 9]], start: 0, count: 1 }, "yes", 0.5);
    expect(found).toEqual([{ name: "b", value: -0.4, from: 0.5 }, { name: "a", value: 0.1, from: 0.5 - 0.4 }]);
  });
  it("puts the small steps together", () => {
    const columns = Array.from({ length: 20 }, (_one, at) => `f${at}_l`);
    const found = steps({ columns, rows: [columns.map(() => 1)], start: 0, count: 1 }, "l", 0);
    expect(found.at(-1)).toEqual({ name: "8 others", value: 8, from: 12 });
  });
});
