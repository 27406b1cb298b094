/** The four kinds of job, as one: which operations describe and stop each, and what its members are called. */
import type { Operations } from "@/api/aws-types";
import type { Creates } from "@/records/requests";

type Word = "TrainingJob" | "ProcessingJob" | "TransformJob" | "HyperParameterTuningJob";

export interface JobKind {
  /** As ARNs and the search name it. */
  readonly resource: string;
  readonly label: string;
  readonly create: Creates;
  readonly describe: keyof Operations;
  readonly stop: keyof Operations;
  /** The member that names the job in requests. */
  readonly name: string;
  readonly arn: string;
  readonly status: string;
  readonly started: string;
  readonly ended: string;
}

function kind(word: Word, resource: string, label: string, started: string, ended: string): JobKind {
  return { resource, label, create: `Create${word}`, describe: `Describe${word}`, stop: `Stop${word}`, name: `${word}Name`, arn: `${word}Arn`, status: `${word}Status`, started, ended };
}

export const JOBS: readonly JobKind[] = [
  kind("TrainingJob", "training-job", "Training", "TrainingStartTime", "TrainingEndTime"),
  kind("ProcessingJob", "processing-job", "Processing", "ProcessingStartTime", "ProcessingEndTime"),
  kind("TransformJob", "transform-job", "Transform", "TransformStartTime", "TransformEndTime"),
  kind("HyperParameterTuningJob", "hyper-parameter-tuning-job", "Tuning", "CreationTime", "HyperParameterTuningEndTime"),
];

export const ENDED = new Set(["Completed", "Failed", "Stopped"]);

export function jobKind(resource: string): JobKind | undefined {
  return JOBS.find((one) => one.resource === resource);
}
