import { describe, expect, it } from "vitest";
import { readCsv, readGraph } from "@/artifacts/graphs";

describe("graphs", () => {
  it("are read as the SDK writes them, with numbers that JSON lacks", () => {
    const roc = readGraph('{"type": "ROCCurve", "title": "t", "falsePositiveRate": [0, NaN, 1], "truePositiveRate": [0, 0.5, 1], "areaUnderCurve": 0.75}');
    expect(roc).toMatchObject({ kind: "ROCCurve", y: [0, 0.5, 1], score: 0.75 });
  });

  it("are refused when they are something else", () => {
    for (const text of ["", "[]", "null", "{}", '{"type": "ROCCurve"}', '{"type": "ConfusionMatrix", "confusionMatrix": [[1, 2]]}', '{"type": "Table", "data": 5}']) {
      expect(readGraph(text)).toBeUndefined();
    }
  });

  it("get the places of a matrix as labels when it has none", () => {
    expect(readGraph('{"type": "ConfusionMatrix", "confusionMatrix": [[1, 2], [3, 4]]}')).toMatchObject({ labels: ["0", "1"] });
  });
});

describe("CSV", () => {
  it("has quotes, separators and line ends in quotes, and columns of one name told apart", () => {
    expect(readCsv('a,b,a\r\n1,"x, ""y""\nz",3\r\n')).toMatchObject({ names: ["a", "b", "a (3)"], columns: { a: ["1"], b: ['x, "y"\nz'], "a (3)": ["3"] } });
  });
  it("may lack cells", () => expect(readCsv("a,b\n1")!.columns["b"]).toEqual([""]));
  it("may be empty", () => expect(readCsv("")).toBeUndefined());
});
