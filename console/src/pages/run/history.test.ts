import { expect, it } from "vitest";
import { guess, withHistory } from "@/pages/run/history";

it("puts the steps of an artifact together, in their order, with the latest once", () => {
  const told = withHistory({
    "a@10": { Value: "s3://b/a@10.png" },
    a: { Value: "s3://b/a@10.png", MediaType: "image/png" },
    "a@9": { Value: "s3://b/a@9.png" },
    "mail@2": { Value: "s3://b/x" },
  });
  expect(told.map((one) => one.name)).toEqual(["a", "mail@2"]);
  expect(told[0]!.versions.map((one) => one.step)).toEqual([9, 10]);
});

it("tells a type from an ending", () => {
  expect(guess("s3://b/c.PNG")).toBe("image/png");
  expect(guess("s3://b/none")).toBe("");
});
