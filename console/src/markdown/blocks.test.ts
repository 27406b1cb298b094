import { describe, expect, it } from "vitest";
import { blocks, inline, isSafe } from "@/markdown/blocks";

describe("Markdown", () => {
  it("reads headings, paragraphs, lists, code, quotes and tables", () => {
    const text = "# Title\n\nSome *words*\nand more\n\n- one\n- two\n  goes on\n\n1. first\n\n```py\nx = '**1**'\n```\n> quoted\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n---";
    expect(blocks(text).map((one) => one.kind)).toEqual(["heading", "paragraph", "list", "list", "code", "quote", "table", "rule"]);
  });

  it("leaves code as it is", () => {
    expect(inline("`a * b * c`")).toEqual([{ kind: "code", text: "a * b * c" }]);
    expect(blocks("```\n# no heading\n```")).toEqual([{ kind: "code", text: "# no heading" }]);
  });

  it("takes HTML as text", () => {
    expect(inline("<script>alert(1)</script>")).toEqual([{ kind: "text", text: "<script>alert(1)</script>" }]);
  });

  it("makes no link to a script", () => {
    expect(inline("[x](javascript:alert(1))").some((one) => one.kind === "link")).toBe(false);
    expect(isSafe("JavaScript:alert(1)")).toBe(false);
    expect(isSafe("data:text/html,x")).toBe(false);
    expect(isSafe("#/runs/a")).toBe(true);
  });

  it("leaves names with underscores and products alone", () => {
    expect(inline("my_run_name is 2 * 3 * 4")).toEqual([{ kind: "text", text: "my_run_name is 2 * 3 * 4" }]);
  });

  it("ends on any text", () => {
    for (const text of ["```", ">", "|", "- ", "#", "***", "[", "a\n|-|", "* * *\n*", "\n\n"]) expect(() => blocks(text)).not.toThrow();
  });
});
