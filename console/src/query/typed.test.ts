import { describe, expect, it } from "vitest";
import { toFilteringProperty } from "@/query/tokens";
import { asks } from "@/query/typed";

const known = (["Parameters.lr", "Parameters.lr_decay", "Tags.Project"] as const).map((name) =>
  toFilteringProperty({ name, type: name === "Tags.Project" ? "text" : "number", group: "", count: 1 }),
);

describe("what is typed asks for", () => {
  it("properties, until there is an operator", () => {
    expect(asks("", known)).toEqual({ property: undefined, text: "" });
    expect(asks("Param", known)).toEqual({ property: undefined, text: "Param" });
    expect(asks("Parameters.lr", known)).toEqual({ property: undefined, text: "Parameters.lr" });
    expect(asks("Parameters.lr_d", known)).toEqual({ property: undefined, text: "Parameters.lr_d" });
  });
  it("values of the longest property, past the longest operator and one space", () => {
    expect(asks("Parameters.lr >= 0.1", known)).toEqual({ property: "Parameters.lr", text: "0.1" });
    expect(asks("parameters.LR_decay<", known)).toEqual({ property: "Parameters.lr_decay", text: "" });
    expect(asks("Tags.Project : ab", known)).toEqual({ property: "Tags.Project", text: "ab" });
    expect(asks("Tags.Project =  ab", known)).toEqual({ property: "Tags.Project", text: " ab" });
  });
  it("never values of a property that does not know the operator", () => {
    expect(asks("Tags.Project > 3", known)).toEqual({ property: undefined, text: "Tags.Project > 3" });
  });
});
