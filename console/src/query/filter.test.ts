import { describe, expect, it } from "vitest";
import { decode, encode, toText, type Group } from "@/query/filter";

const group: Group = {
  join: "and",
  nodes: [
    { property: "Metrics.auc", operator: ">", values: ["0.9"] },
    {
      join: "or",
      nodes: [
        { property: "Tags.team", operator: "=", values: ["a", 'b"s'] },
        { property: "Tags.skip", operator: "not exists", values: [] },
      ],
    },
    { property: "Metrics.shap.Capital Gain", operator: ">", values: ["1e-3"] },
  ],
};

describe("a filter", () => {
  it("is a text of the grammar", () => {
    expect(toText(group)).toBe(
      `Metrics.auc > 0.9 and (Tags.team in ("a", "b\\"s") or not exists Tags.skip) and Metrics."shap.Capital Gain" > 1e-3`,
    );
  });

  it("quotes what would read as something else", () => {
    expect(toText({ join: "and", nodes: [{ property: "Tags.or", operator: "=", values: ["not 1"] }] })).toBe(`Tags."or" = "not 1"`);
    expect(toText({ join: "and", nodes: [{ property: "", operator: "words", values: ["adult and 12"] }] })).toBe(`"adult" "and" "12"`);
  });

  it("takes several values of not-equals as none of them, which a record without the property is not", () => {
    expect(toText({ join: "and", nodes: [{ property: "Tags.a", operator: "!=", values: ["x", "y"] }] })).toBe(`(Tags.a != "x" and Tags.a != "y")`);
  });

  it("leaves no empty parentheses", () => {
    expect(toText({ join: "and", nodes: [{ join: "or", nodes: [] }] })).toBe("");
  });

  it("comes back from the address as it was", () => {
    expect(decode(encode(group))).toEqual(group);
    expect(decode(encode({ join: "and", nodes: [] }))).toEqual({ join: "and", nodes: [] });
  });

  it.each(["{", "[]", '["and",[1,2]]', '["xor",["a","=","b"]]', '["and",["a","~","b"]]', "null"])("takes a bad address for none: %s", (text) => {
    expect(decode(text).nodes).toEqual([]);
  });
});
