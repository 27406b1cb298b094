import { describe, expect, it } from "vitest";
import { link, parse } from "@/app/router";

describe("the router", () => {
  it("gives back what a link was made of", () => {
    const made = parse(link(["runs", "a/b c", "ü"], { tab: "metrics", q: "x = 'y&z' and #1", none: undefined, empty: "" }));
    expect(made.path).toEqual(["runs", "a/b c", "ü"]);
    expect(Object.fromEntries(made.params)).toEqual({ tab: "metrics", q: "x = 'y&z' and #1" });
  });

  it("takes a hash that is no good encoding as it is", () => {
    expect(parse("#/runs/100%").path).toEqual(["runs", "100%"]);
  });

  it("takes an empty hash as no page", () => {
    expect(parse("").path).toEqual([]);
    expect(parse("#/").path).toEqual([]);
  });
});
