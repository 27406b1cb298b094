import { describe, expect, it } from "vitest";
import { familyOf, inLines, shortened } from "@/pages/lineage/families";
import { beside } from "@/pages/lineage/walk";

const places = new Map([["data", { x: 0, y: 0 }], ["other", { x: 0, y: 80 }], ["job", { x: 1, y: 0 }]]);
const links = [{ source: "data", target: "job" }, { source: "other", target: "job" }];

describe("arrow keys in the graph", () => {
  it("follow what was made of what, and the layer", () => {
    expect(beside("ArrowRight", "other", places, links)).toBe("job");
    expect(beside("ArrowLeft", "job", places, links)).toBe("data");
    expect(beside("ArrowDown", "data", places, links)).toBe("other");
    expect(beside("ArrowUp", "other", places, links)).toBe("data");
    expect(beside("End", "data", places, links)).toBe("job");
  });

  it("stay where nothing follows", () => {
    expect(beside("ArrowRight", "job", places, links)).toBeUndefined();
    expect(beside("x", "job", places, links)).toBeUndefined();
  });
});

describe("a node's looks", () => {
  it("tell jobs, models and endpoints apart", () => {
    expect(familyOf({ type: "ModelDeployment", lineage: "Action" }).id).toBe("endpoint");
    expect(familyOf({ type: "TrainingJob", lineage: "TrialComponent" }).id).toBe("work");
    expect(familyOf({ type: "Model", lineage: "Artifact" }).id).toBe("model");
    expect(familyOf({ type: "Image", lineage: "Artifact" }).id).toBe("other");
  });

  it("keep the ends of a long name", () => {
    expect(shortened("short", 10)).toBe("short");
    expect(shortened("credit-07-aws-training-job", 12)).toBe("credi…ng-job");
    expect(shortened("s3://records/out/credit-07/output/model.tar.gz", 34)).toBe("s3:…/credit-07/output/model.tar.gz");
  });

  it("break a name between its words", () => {
    expect(inLines("credit-07-aws-training-job", 34)).toEqual(["credit-07-aws-", "training-job"]);
    expect(inLines("abcdefghijkl", 20)).toEqual(["abcdefghijkl"]);
  });
});
