import { describe, expect, it } from "vitest";
import { columnsOf, differs, fitting } from "@/pages/experiment/columns";

describe("the columns of an experiment's runs", () => {
  it("begin with the metric that ranks the runs, then those like it, then others of the training", () => {
    const metrics = ["bias.post.DI.Sex", "shap.Age", "test:auc", "train:auc", "train:loss", "validation:auc", "validation:loss"];
    expect(columnsOf(metrics, "validation:auc")).toEqual(["validation:auc", "test:auc", "train:auc", "validation:loss", "train:loss"]);
    expect(columnsOf(metrics, undefined)).toEqual([]);
  });

  it("are taken by turns as long as they fit", () => {
    const [metrics, parameters] = [["Metrics.a", "Metrics.b"], ["Parameters.p", "Parameters.q"]];
    expect(fitting(metrics, parameters, 10_000)).toEqual([...metrics, ...parameters, "Status.PrimaryStatus"]);
    expect(fitting(metrics, parameters, 350)).toEqual(["Metrics.a", "Metrics.b", "Parameters.p", "Status.PrimaryStatus"]);
    expect(fitting(metrics, parameters, 0)).toEqual(["Status.PrimaryStatus"]);
  });

  it("leave out a parameter that all runs share", () => {
    expect(differs([0.1, 0.1])).toBe(false);
    expect(differs([0.1, null])).toBe(true);
    expect(differs([])).toBe(false);
  });
});
