import { describe, expect, it } from "vitest";
import { placeText, tickTexts } from "@/charts/ticks";

describe("ticks", () => {
  it("are told apart in a tiny range far from zero", () => {
    const texts = tickTexts("value", [0.99991, 0.9999125, 0.999915, 0.9999175]);
    expect(new Set(texts).size).toBe(4);
    expect(texts[1]).toBe("0.9999125");
    expect(new Set(tickTexts("value", [1e12, 1e12 + 5, 1e12 + 10])).size).toBe(3);
  });

  it("are short where that is enough", () => {
    expect(tickTexts("value", [0, 1e12, 2e12])).toEqual(["0", "1T", "2T"]);
    expect(tickTexts("step", [-20_000, 0, 20_000])).toEqual(["-20k", "0", "20k"]);
    expect(tickTexts("value", [null, 0.1, null, 1])).toEqual(["", "0.1", "", "1"]);
    expect(tickTexts("value", [])).toEqual([]);
  });
});

it("a single point's place has all its digits", () => {
  expect(placeText("step", 543_210, true)).toBe("step 543210");
  expect(placeText("relative", 61.123456, true)).toBe("1 min 1 s (61.123456 s)");
});
