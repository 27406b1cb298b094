import { describe, expect, it } from "vitest";
import { collapse, without, words, type Graph } from "@/pages/lineage/graph";
import { layout } from "@/pages/lineage/layout";

const node = (id: string, type: string) => ({ id, name: id, lineage: "Artifact", type });

describe("the layout of lineage", () => {
  it("puts what comes from something to the right of it", () => {
    const places = layout(["model", "data", "job", "endpoint"], [
      { source: "data", target: "job" },
      { source: "job", target: "model" },
      { source: "model", target: "endpoint" },
      { source: "data", target: "endpoint" },
    ]);
    const x = (id: string) => places.get(id)!.x;
    expect([x("data"), x("job"), x("model"), x("endpoint")]).toEqual([0, 280, 560, 840]);
  });

  it("stands a circle, and an edge to itself", () => {
    const places = layout(["a", "b"], [{ source: "a", target: "b" }, { source: "b", target: "a" }, { source: "a", target: "a" }]);
    expect(places.get("b")!.x).toBeGreaterThan(places.get("a")!.x);
  });

  it("lays no two nodes on one place", () => {
    const ids = Array.from({ length: 500 }, (_one, at) => `n${at}`);
    const links = ids.slice(1).map((target, at) => ({ source: ids[Math.floor(at / 3)]!, target }));
    const places = layout(ids, links);
    expect(new Set([...places.values()].map(({ x, y }) => `${x} ${y}`)).size).toBe(500);
  });
});

describe("a graph with many siblings", () => {
  const jobs = Array.from({ length: 38 }, (_one, at) => node(`job-${at}`, "TrainingJob"));
  const graph: Graph = {
    nodes: [node("data", "DataSet"), ...jobs, node("image", "Image")],
    edges: jobs.map(({ id }) => ({ source: "data", target: id, label: "ContributedTo" })),
    cut: false,
  };

  it("shows them as one", () => {
    const drawn = collapse(graph, new Set(), "data");
    expect(drawn.nodes.map((one) => one.name)).toEqual(["data", "image", "+38 training jobs"]);
    expect(drawn.edges).toEqual([{ source: "data", target: "cluster:job-0", label: "ContributedTo" }]);
  });

  it("shows them all once they are asked for, and never hides where it began", () => {
    expect(collapse(graph, new Set(["cluster:job-0"]), "data").nodes).toHaveLength(40);
    expect(collapse(graph, new Set(), "job-3").nodes.map((one) => one.id)).toContain("job-3");
  });

  it("leaves out types that are turned off", () => {
    expect(without(graph, new Set(["TrainingJob", "DataSet"]), "data").nodes.map((one) => one.id)).toEqual(["data", "image"]);
    expect(words("ProcessingJob")).toBe("processing jobs");
  });
});
