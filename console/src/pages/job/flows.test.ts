import { describe, expect, it } from "vitest";
import type { Content } from "@/api/contents";
import { bytes, short, withContents } from "@/pages/job/flows";

function content(name: string, uri: string, direction: "read" | "wrote" = "read"): Content {
  return { content: `sha256:${"ab".repeat(32)}`, size: 10, count: 1, time: 0, direction, name, uri };
}

describe("what went through a job", () => {
  it("is put to what it was told to read, by name", () => {
    const [train, validation] = withContents([{ name: "train", uri: "s3://b/x", type: "" }, { name: "validation", uri: "s3://b/x", type: "" }], [content("validation", "s3://b/x")]);
    expect(train!.seen).toBeUndefined();
    expect(validation!.seen?.name).toBe("validation");
  });

  it("is put by address where the names differ, once", () => {
    const told = withContents([{ name: "input", uri: "s3://b/in", type: "" }, { name: "other", uri: "s3://b/in", type: "" }], [content("SageMaker.TransformInput", "s3://b/in")]);
    expect(told.map((one) => one.seen?.name)).toEqual(["SageMaker.TransformInput", undefined]);
  });

  it("is a row of its own where it was not told: the model below an output's address", () => {
    const told = withContents([{ name: "output", uri: "s3://b/out", type: "" }], [content("SageMaker.ModelArtifact", "s3://b/out/j/output/model.tar.gz", "wrote")]);
    expect(told.map((one) => [one.name, one.seen?.direction])).toEqual([["output", undefined], ["SageMaker.ModelArtifact", "wrote"]]);
  });
});

describe("contents in words", () => {
  it("are the kind and first digits of their identity", () => {
    expect(short(`sha256-tree:${"0123456789abcdef".repeat(4)}`)).toBe("sha256-tree:0123456789ab…");
  });

  it.each([[0, "0 bytes"], [1, "1 byte"], [999, "999 bytes"], [1_000, "1 kB"], [18_334, "18.3 kB"], [5_000_000_000, "5 GB"]])("are %d bytes as %s", (size, words) => {
    expect(bytes(size)).toBe(words);
  });
});
