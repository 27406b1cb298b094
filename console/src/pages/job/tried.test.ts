import { describe, expect, it } from "vitest";
import { better, byText, type Tried } from "@/pages/job/tried";

function tried(name: string, value?: number | string): Tried {
  const metric = value === undefined ? {} : { FinalHyperParameterTuningJobObjectiveMetric: { MetricName: "loss", Value: value as number } };
  return { TrainingJobName: name, TrainingJobArn: name, CreationTime: 0, TrainingJobStatus: "Completed", TunedHyperParameters: {}, ...metric };
}

const ALL = [tried("none"), tried("nan", "NaN"), tried("two", 2), tried("minus", -1), tried("infinite", "Infinity"), tried("half", 0.5)];
const order = (minimised: boolean) => ALL.toSorted((one, two) => better(one, two, minimised)).map((one) => one.TrainingJobName);

describe("training jobs of a tuning job", () => {
  it("come least first when it minimises, those without a value last", () => {
    expect(order(true)).toEqual(["minus", "half", "two", "infinite", "none", "nan"]);
  });

  it("come greatest first when it maximises", () => {
    expect(order(false)).toEqual(["infinite", "two", "half", "minus", "none", "nan"]);
  });

  it("are sorted by a hyperparameter as numbers where it is one", () => {
    expect(["10", "9", undefined, "1e-3"].toSorted(byText)).toEqual(["1e-3", "9", "10", undefined]);
    expect(["gbtree", "dart"].toSorted(byText)).toEqual(["dart", "gbtree"]);
  });
});
