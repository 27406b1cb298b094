import { describe, expect, it } from "vitest";
import { bestBy, goalOf, inOrder } from "@/query/metrics";

const of = (...names: readonly string[]) => names.map((name) => ({ name, count: 12 }));

describe("the metric that runs are ranked by", () => {
  it.each([
    [of("train:logloss", "test:accuracy", "validation:auc", "validation:logloss", "test:auc"), "validation:auc"],
    [of("train:auc", "test:accuracy", "test:auc"), "test:auc"],
    [of("train/loss", "val/loss"), "val/loss"],
    [of("val_accuracy", "val_loss", "accuracy"), "val_accuracy"],
    [of("train_loss", "epoch", "loss"), "loss"],
    [of("loss"), "loss"],
    [of("bias.post.DI.Sex", "shap.Age", "system.cpu"), undefined],
    [[], undefined],
  ])("is chosen from %j", (metrics, chosen) => {
    expect(bestBy(metrics)).toBe(chosen);
  });

  it("is one that most runs have", () => {
    expect(bestBy([{ name: "validation:auc", count: 1 }, { name: "score", count: 12 }])).toBe("score");
  });

  it("is the objective, where the runs have it", () => {
    expect(bestBy(of("validation:auc", "profit"), "profit")).toBe("profit");
    expect(bestBy(of("validation:auc"), "profit")).toBe("validation:auc");
  });
});

describe("whether less is better", () => {
  it.each([["validation:logloss", "min"], ["val_rmse", "min"], ["val/rmse", "min"], ["test:error", "min"], ["test:auc", "max"], ["glossary", "max"]])("is guessed for %s", (metric, goal) => {
    expect(goalOf(metric)).toBe(goal);
  });
});

it("puts the training's own metrics before those of reports", () => {
  expect(["shap.Age", "bias.post.DI.Sex", "train:auc", "f10", "f2"].sort(inOrder)).toEqual(["f2", "f10", "train:auc", "bias.post.DI.Sex", "shap.Age"]);
});
