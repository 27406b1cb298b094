import { describe, expect, it } from "vitest";
import type { BiasMetric } from "@/api/reports";
import { ends, facetsOf, importances, metricName, verdict, written } from "@/reports/figures";

const DI: BiasMetric = { key: "DI", stage: "post", title: "Disparate Impact", text: "", low: 0, high: "Infinity", ideal: 1, lines: { One: "alike.", Above: "favoured.", Below: "disfavoured." } };

describe("figures of reports", () => {
  it("have scales that hold the value and the ideal", () => {
    expect(ends(DI, 0.3)).toEqual([0, 2]);
    expect(ends(DI, 10)[1]).toBeGreaterThan(10);
    expect(ends(DI, Infinity)).toEqual([0, 2]);
    expect(ends({ ...DI, low: "-Infinity", ideal: 0 }, -3)[0]).toBeLessThan(-3);
  });
  it("say in words what they mean", () => {
    expect(verdict(DI, 0.3)).toBe("Disfavoured.");
    expect(verdict(DI, 1)).toBe("Alike.");
    expect(verdict(DI, undefined)).toBe("");
  });
  it("are written with four digits, and infinities as signs", () => {
    expect([0.123456, -2, "Infinity", "-Infinity", null].map((one) => written(one))).toEqual(["0.1235", "−2", "∞", "−∞", "–"]);
  });
  it("have the names that they have as metrics", () => {
    expect(metricName("post", "DI", "Sex", "0", false)).toBe("bias.post.DI.Sex");
    expect(metricName("post", "DI", "Sex", "0", true)).toBe("bias.post.DI.Sex=0");
  });
  it("are found by facet and output, and a part that failed has none", () => {
    const facets = { Sex: [{ value_or_threshold: "0", metrics: [] }] };
    expect(facetsOf({ pre_training_bias_metrics: { label: "y", facets } })).toEqual([{ facet: "Sex", values: ["0"] }]);
    expect(importances({ explanations: { kernel_shap: { error: "no" } } })).toEqual([]);
  });
});
