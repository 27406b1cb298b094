import { describe, expect, it } from "vitest";
import { grouped, matcher } from "@/charts/names";

describe("finding metric names", () => {
  it("takes a part without case", () => expect(matcher("LOSS")!("train/loss")).toBe(true));
  it("takes a glob over the whole name", () => {
    expect(matcher("train/*")!("train/loss")).toBe(true);
    expect(matcher("train/*")!("pretrain/loss")).toBe(false);
    expect(matcher("l?ss")!("loss")).toBe(true);
  });
  it("takes a dot in a glob as a dot", () => expect(matcher("a.*")!("ab")).toBe(false));
  it("takes a regular expression between slashes", () => expect(matcher("/^val.*\\d$/")!("val/top5")).toBe(true));
  it("says that a bad regular expression is none", () => expect(matcher("/(/")).toBeUndefined());
});

describe("grouping metric names", () => {
  const names = ["val/acc", "val/loss", "train/10", "train/9", "lr", "a/1", "a/2", "a/3", "a/4", "a/5", "a/6", "a/7", "a/8"];
  it("puts those of one prefix together, numbers in their order", () => {
    expect(grouped(names).map((one) => one.prefix)).toEqual(["", "a", "train", "val"]);
    expect(grouped(names)[2]!.names).toEqual(["train/9", "train/10"]);
  });
  it("puts pinned ones first", () => expect(grouped(names, new Set(["val/loss"]))[0]).toEqual({ prefix: "Pinned", names: ["val/loss"] }));
  it("leaves a few names ungrouped", () => expect(grouped(["a/b", "c/d"])).toEqual([{ prefix: "", names: ["a/b", "c/d"] }]));
});
