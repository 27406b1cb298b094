import { describe, expect, it } from "vitest";
import { each } from "@/records/chosen";
import { countedBy, parseAggregates, writeAggregates } from "@/records/grouping";
import { split, withStatistic } from "@/records/statistics";

describe("the statistic of a column", () => {
  it.each([
    ["Metrics.auc", { metric: "Metrics.auc", statistic: "" }],
    ["Metrics.validation:auc.max", { metric: "Metrics.validation:auc", statistic: "max" }],
    ["Metrics.a.b.last", { metric: "Metrics.a.b", statistic: "" }],
    ["Parameters.max", { metric: "Parameters.max", statistic: "" }],
  ])("is read from %s", (column, told) => {
    expect(split(column)).toEqual(told);
  });

  it("is changed in place, and no column comes twice", () => {
    expect(withStatistic(["CreationTime", "Metrics.a", "Metrics.b"], "Metrics.a", "min")).toEqual(["CreationTime", "Metrics.a.min", "Metrics.b"]);
    expect(withStatistic(["Metrics.a", "Metrics.a.min"], "Metrics.a", "min")).toEqual(["Metrics.a.min"]);
    expect(withStatistic(["Metrics.a.max"], "Metrics.a.max", "")).toEqual(["Metrics.a"]);
  });
});

describe("a deed to many records", () => {
  it("goes on when one fails, and says which", async () => {
    const names = ["a", "b", "c", "d", "e"].map((name) => ({ name, arn: name }));
    const seen: number[] = [];
    const outcome = await each(names, async ({ name }) => { if (name === "b") throw new Error("no"); }, (done) => seen.push(done), 2);
    expect(outcome).toEqual({ done: 4, failed: [{ name: "b", why: "no" }] });
    expect(seen.at(-1)).toBe(5);
  });
});

describe("groups in the address", () => {
  it("come back as they were", () => {
    const wanted = [{ property: "Metrics.a:b", function: "mean" }, { property: "CreationTime", function: "max" }] as const;
    expect(parseAggregates(writeAggregates(wanted))).toEqual(wanted);
    expect(parseAggregates("what:Metrics.a,:,mean:")).toEqual([]);
  });

  it("lead to their records: by value, or by the lack of one", () => {
    const filter = countedBy({ join: "and", nodes: [] }, ["Parameters.lr", "Tags.t"], [0.1, null]);
    expect(filter.nodes).toEqual([
      { property: "Parameters.lr", operator: "=", values: ["0.1"] },
      { property: "Tags.t", operator: "not exists", values: [] },
    ]);
  });
});
