import { describe, expect, it } from "vitest";
import { ApiError } from "@/api/client";
import type { TableAnswer, TableRequest } from "@/api/own";
import { each, type Named } from "@/records/chosen";
import { countedBy, parseAggregates, writeAggregates } from "@/records/grouping";
import { csvHead, csvRows } from "@/records/program";
import { rounds } from "@/records/rounds";
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

async function* inRounds(...all: readonly string[][]): AsyncGenerator<readonly Named[]> {
  for (const names of all) yield names.map((name) => ({ name, arn: name }));
}

describe("a deed to many records", () => {
  it("goes on when one fails, and says which", async () => {
    const seen: number[] = [];
    const outcome = await each(inRounds(["a", "b"], ["c", "d", "e"]), async ({ name }) => { if (name === "b") throw new Error("no"); }, (done) => seen.push(done), undefined, 2);
    expect(outcome).toEqual({ done: 4, failures: 1, failed: [{ name: "b", why: "no" }], stopped: false });
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  it("counts all that fail, and names the first ten", async () => {
    const names = Array.from({ length: 25 }, (_, at) => `n${at}`);
    const outcome = await each(inRounds(names), () => Promise.reject(new Error("no")), () => undefined);
    expect([outcome.failures, outcome.failed.length]).toEqual([25, 10]);
  });

  it("stops when it is told to, after what is under way", async () => {
    const stop = new AbortController();
    const done: string[] = [];
    const outcome = await each(inRounds(["a", "b", "c"], ["d"]), async ({ name }) => { done.push(name); if (name === "b") stop.abort(); }, () => undefined, stop.signal, 1);
    expect(done).toEqual(["a", "b"]);
    expect(outcome).toEqual({ done: 2, failures: 0, failed: [], stopped: true });
  });

  it("does not go on without a server", async () => {
    const tried: string[] = [];
    const deed = async ({ name }: Named) => { tried.push(name); throw new ApiError("Unreachable", "gone", 0, undefined); };
    await expect(each(inRounds(["a", "b", "c"], ["d"]), deed, () => undefined, undefined, 1)).rejects.toThrow("gone");
    expect(tried).toEqual(["a"]);
  });
});

describe("all that a query finds", () => {
  it("comes page by page, each asked for by the token of the one before", async () => {
    const asked: TableRequest[] = [];
    const ask = async (request: TableRequest): Promise<TableAnswer> => {
      asked.push(request);
      const at = asked.length;
      return { total: 3, names: [`r${at}`], arns: [`a${at}`], columns: {}, types: {}, token: at < 3 ? `t${at}` : null, ms: 0, rev: 1 };
    };
    const names: string[] = [];
    for await (const answer of rounds({ resource: "run", sort: ["-CreationTime"], columns: [] }, undefined, ask)) names.push(...answer.names);
    expect(names).toEqual(["r1", "r2", "r3"]);
    expect(asked.map((one) => [one.token, one.limit])).toEqual([[undefined, 1000], ["t1", 1000], ["t2", 1000]]);
  });

  it("is written as CSV: quotes where they are needed, nothing where there is nothing", () => {
    const columns = ["Tags.a", "Metrics.b"];
    const rows = csvRows({ names: ["x", 'y"', "z"], columns: { "Tags.a": ["1,2", null, "line\nline"], "Metrics.b": [0.5, "NaN", null] } }, columns);
    expect(csvHead(columns) + rows).toBe('name,Tags.a,Metrics.b\r\nx,"1,2",0.5\r\n"y""",,NaN\r\nz,"line\nline",\r\n');
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
