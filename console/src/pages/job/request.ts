/** The request of a new training job, from what the form holds; and what the form holds, from a job that is cloned. */
import type { CreateTrainingJobRequest, DescribeTrainingJobResponse } from "@/api/aws-types";
import { nextName } from "@/records/requests";

export interface ChannelForm {
  readonly name: string;
  readonly uri: string;
  readonly type: string;
}

export interface JobForm {
  readonly name: string;
  readonly image: string;
  readonly role: string;
  readonly channels: readonly ChannelForm[];
  readonly output: string;
  readonly instance: string;
  readonly count: string;
  readonly volume: string;
  readonly seconds: string;
  /** Texts by name; an empty one is not sent. */
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
}

export const BLANK: JobForm = {
  name: "",
  image: "",
  role: "",
  channels: [{ name: "train", uri: "", type: "text/csv" }],
  output: "",
  instance: "ml.m5.large",
  count: "1",
  volume: "30",
  seconds: "86400",
  hyperparameters: {},
  tags: [],
};

const NAME = /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/;

/** What is wrong with the form, by field; empty when nothing is. */
export function problems(form: JobForm): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  if (!NAME.test(form.name)) found["name"] = "Letters, digits and hyphens between them, 63 at most.";
  if (form.image.trim() === "") found["image"] = "An algorithm or an image's address is needed.";
  if (!/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/.test(form.role)) found["role"] = "A role's ARN: arn:aws:iam::000000000000:role/name. It is recorded, not used.";
  if (!/^s3:\/\/[^/]+/.test(form.output)) found["output"] = "An address in S3: s3://bucket/folder.";
  form.channels.forEach((one, at) => {
    if (!/^[A-Za-z0-9.\-_]+$/.test(one.name)) found[`channel-${at}`] = "A channel needs a name.";
    else if (!/^s3:\/\/[^/]+/.test(one.uri)) found[`channel-${at}`] = "An address in S3: s3://bucket/folder.";
    else if (form.channels.findIndex((each) => each.name === one.name) < at) found[`channel-${at}`] = `There are two channels “${one.name}”.`;
  });
  for (const field of ["count", "volume", "seconds"] as const) {
    if (!/^[1-9]\d*$/.test(form[field])) found[field] = "A whole number above 0.";
  }
  form.tags.forEach((one, at) => {
    if (one.key.trim() === "") found[`tag-${at}`] = "A tag needs a key.";
    else if (form.tags.findIndex((each) => each.key === one.key) < at) found[`tag-${at}`] = `There are two tags “${one.key}”.`;
  });
  return found;
}

export function toRequest(form: JobForm): CreateTrainingJobRequest {
  const given = Object.entries(form.hyperparameters).filter(([, text]) => text !== "");
  return {
    TrainingJobName: form.name,
    AlgorithmSpecification: { TrainingImage: form.image.trim(), TrainingInputMode: "File" },
    RoleArn: form.role,
    ...(given.length === 0 ? {} : { HyperParameters: Object.fromEntries(given) }),
    ...(form.channels.length === 0
      ? {}
      : {
          InputDataConfig: form.channels.map((one) => ({
            ChannelName: one.name,
            ...(one.type === "" ? {} : { ContentType: one.type }),
            DataSource: { S3DataSource: { S3DataType: "S3Prefix" as const, S3Uri: one.uri } },
          })),
        }),
    OutputDataConfig: { S3OutputPath: form.output },
    ResourceConfig: { InstanceType: form.instance as "ml.m5.large", InstanceCount: Number(form.count), VolumeSizeInGB: Number(form.volume) },
    StoppingCondition: { MaxRuntimeInSeconds: Number(form.seconds) },
    ...(form.tags.length === 0 ? {} : { Tags: form.tags.map((one) => ({ Key: one.key.trim(), Value: one.value })) }),
  };
}

export function fromJob(job: DescribeTrainingJobResponse, tags: JobForm["tags"]): JobForm {
  return {
    name: nextName(job.TrainingJobName ?? ""),
    image: job.AlgorithmSpecification?.TrainingImage ?? "",
    role: job.RoleArn ?? "",
    channels: (job.InputDataConfig ?? []).map((one) => ({ name: one.ChannelName, uri: one.DataSource.S3DataSource?.S3Uri ?? "", type: one.ContentType ?? "" })),
    output: job.OutputDataConfig?.S3OutputPath ?? "",
    instance: job.ResourceConfig?.InstanceType ?? "ml.m5.large",
    count: String(job.ResourceConfig?.InstanceCount ?? 1),
    volume: String(job.ResourceConfig?.VolumeSizeInGB ?? 30),
    seconds: String(job.StoppingCondition?.MaxRuntimeInSeconds ?? 86_400),
    hyperparameters: job.HyperParameters ?? {},
    tags: tags.filter((one) => !one.key.startsWith("aws:")),
  };
}
