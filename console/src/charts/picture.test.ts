import { expect, it } from "vitest";
import { legendRows } from "@/charts/picture";

const item = (text: string) => ({ text, stroke: { colour: "#4477aa", dash: [] } });
const widthOf = (text: string): number => 10 * text.length;

it("a legend goes on in a new row where the next name would not fit", () => {
  const { placed, rows, more } = legendRows(["aaaa", "bbbb", "cccc"].map(item), 150, widthOf);
  expect(placed.map((one) => [one.left, one.row])).toEqual([[0, 0], [80, 0], [0, 1]]);
  expect([rows, more]).toEqual([2, 0]);
});

it("a legend counts what it leaves out, and a name wider than the picture has a row of its own", () => {
  const { placed, rows, more } = legendRows(Array.from({ length: 75 }, () => item("name")), 20, widthOf);
  expect(placed).toHaveLength(60);
  expect([rows, more]).toEqual([61, 15]);
  expect(legendRows([], 100, widthOf).rows).toBe(0);
});
