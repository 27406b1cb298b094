import { describe, expect, test } from "vitest";
import { asQuestion, base64, hex, MOST_HASHED, MOST_SENT, ofFile } from "@/pages/verify/question";

const HASH = "a".repeat(64);

describe("a text is read as a question", () => {
  test("hashes, bare or with their kind", () => {
    expect(asQuestion(` ${HASH}\n`)).toEqual({ hash: HASH });
    expect(asQuestion(`sha256-tree:${HASH}`)).toEqual({ hash: `sha256-tree:${HASH}` });
  });
  test("URIs", () => {
    expect(asQuestion("s3://bucket/key")).toEqual({ uri: "s3://bucket/key" });
  });
  test("anything else is told what it should be", () => {
    expect(asQuestion("")).toMatch(/Paste/);
    expect(asQuestion("train.csv")).toMatch(/neither/);
    expect(asQuestion(HASH.slice(1))).toMatch(/neither/);
  });
});

describe("a file becomes a question", () => {
  test("a small one travels", async () => {
    expect(await ofFile(new File(["1,2\n"], "a.csv"))).toEqual({ data: btoa("1,2\n"), name: "a.csv" });
  });
  test("of a larger one the hash travels", async () => {
    const file = new File(["abc"], "big.bin");
    Object.defineProperty(file, "size", { value: MOST_SENT + 1 });
    const question = await ofFile(file);
    expect(question).toMatchObject({ files: [{ sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" }] });
  });
  test("of too large a one nothing does", async () => {
    const file = new File(["abc"], "huge.bin");
    Object.defineProperty(file, "size", { value: MOST_HASHED + 1 });
    await expect(ofFile(file)).rejects.toThrow(/trialbook verify huge.bin/);
  });
});

test("bytes are written in hex and base64, however many", () => {
  expect(hex(new Uint8Array([0, 255, 16]))).toBe("00ff10");
  const many = new Uint8Array(100_000).fill(65);
  expect(atob(base64(many))).toHaveLength(100_000);
});
