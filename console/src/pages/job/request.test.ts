import { describe, expect, it } from "vitest";
import { BLANK, fromJob, problems, toRequest, type JobForm } from "@/pages/job/request";
import { nextName } from "@/records/requests";

const form: JobForm = {
  ...BLANK,
  name: "credit-1",
  image: "1.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1",
  role: "arn:aws:iam::000000000000:role/Data",
  channels: [{ name: "train", uri: "s3://b/train", type: "text/csv" }],
  output: "s3://b/out",
  hyperparameters: { eta: "0.1", gamma: "" },
  tags: [{ key: "Project", value: "One" }],
};

describe("the form of a training job", () => {
  it("becomes CreateTrainingJob's request, without what was left empty", () => {
    expect(problems(form)).toEqual({});
    const request = toRequest(form);
    expect(request.HyperParameters).toEqual({ eta: "0.1" });
    expect(request.InputDataConfig?.[0]?.DataSource.S3DataSource?.S3Uri).toBe("s3://b/train");
    expect(request.Tags).toEqual([{ Key: "Project", Value: "One" }]);
    expect(toRequest({ ...form, tags: [], channels: [], hyperparameters: {} })).not.toHaveProperty("Tags");
  });

  it("names what is wrong by field", () => {
    const wrong = problems({ ...form, name: "-a", count: "0", channels: [...form.channels, ...form.channels], tags: [{ key: " ", value: "" }] });
    expect(Object.keys(wrong).sort()).toEqual(["channel-1", "count", "name", "tag-0"]);
  });

  it("comes back from a job that was made of it", () => {
    const again = fromJob({ ...toRequest(form), TrainingJobName: "credit-1" } as never, form.tags);
    expect(again).toEqual({ ...form, name: "credit-2", hyperparameters: { eta: "0.1" } });
  });

  it.each([["job", "job-2"], ["job-2", "job-3"], ["job-09", "job-10"], ["a-20261127", "a-20261127-2"]])("names the clone of %s %s", (name, next) => {
    expect(nextName(name)).toBe(next);
  });
});
