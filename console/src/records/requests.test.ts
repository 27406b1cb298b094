import { describe, expect, it } from "vitest";
import { boto3Requests, cliRequests, requestOf } from "@/records/requests";

const JOB = {
  TransformJobName: "score",
  TransformJobArn: "arn:aws:sagemaker:us-east-1:000000000000:transform-job/score",
  TransformJobStatus: "Completed",
  ModelName: "it's",
  MaxPayloadInMB: 0,
  Environment: { A: "b" },
  Tags: [],
};

describe("a request that makes the same again", () => {
  it("holds what the operation takes, and nothing that only describes", () => {
    expect(requestOf("CreateTransformJob", JOB, { TransformJobName: "score-2" }).input).toEqual({ TransformJobName: "score-2", ModelName: "it's", MaxPayloadInMB: 0, Environment: { A: "b" } });
  });

  it("is a program of boto3", () => {
    expect(boto3Requests([requestOf("CreateTransformJob", JOB)])).toBe(`import boto3

client = boto3.client("sagemaker")  # AWS_ENDPOINT_URL names this server
client.create_transform_job(
    TransformJobName="score",
    ModelName="it's",
    MaxPayloadInMB=0,
    Environment={
        "A": "b",
    },
)
`);
  });

  it("is a command, its quotes those of a shell", () => {
    const written = cliRequests([{ operation: "CreateHyperParameterTuningJob", input: { HyperParameterTuningJobName: "it's" } }]);
    expect(written).toBe(`aws sagemaker create-hyper-parameter-tuning-job --cli-input-json '{\n  "HyperParameterTuningJobName": "it'\\''s"\n}'\n`);
  });
});
