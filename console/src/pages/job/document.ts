/** What the server tells of a job, of any kind. */
import type { Channel, ExperimentConfig, HyperParameterTrainingJobDefinition, HyperParameterTrainingJobSummary, HyperParameterTuningJobConfig, ProcessingInput, ProcessingOutput, SecondaryStatusTransition, TrainingJobStatusCounters } from "@/api/aws-types";

/** The members that several kinds of job have; the rest is under Raw. */
export interface JobDocument {
  readonly [member: string]: unknown;
  readonly AlgorithmSpecification?: { readonly TrainingImage?: string; readonly TrainingInputMode?: string; readonly AlgorithmName?: string };
  readonly AppSpecification?: { readonly ImageUri?: string; readonly ContainerEntrypoint?: readonly string[]; readonly ContainerArguments?: readonly string[] };
  readonly BestTrainingJob?: HyperParameterTrainingJobSummary;
  readonly CreationTime?: number;
  readonly Environment?: Readonly<Record<string, string>>;
  readonly ExperimentConfig?: ExperimentConfig;
  readonly FailureReason?: string;
  readonly HyperParameters?: Readonly<Record<string, string>>;
  readonly HyperParameterTuningJobConfig?: HyperParameterTuningJobConfig;
  readonly InputDataConfig?: readonly Channel[];
  readonly ModelArtifacts?: { readonly S3ModelArtifacts?: string };
  readonly ModelName?: string;
  readonly OutputDataConfig?: { readonly S3OutputPath?: string };
  readonly ProcessingInputs?: readonly ProcessingInput[];
  readonly ProcessingOutputConfig?: { readonly Outputs?: readonly ProcessingOutput[] };
  readonly ResourceConfig?: { readonly InstanceType?: string; readonly InstanceCount?: number };
  readonly RoleArn?: string;
  readonly SecondaryStatus?: string;
  readonly SecondaryStatusTransitions?: readonly SecondaryStatusTransition[];
  readonly TrainingJobDefinition?: HyperParameterTrainingJobDefinition;
  readonly TrainingJobDefinitions?: readonly HyperParameterTrainingJobDefinition[];
  readonly TrainingJobStatusCounters?: TrainingJobStatusCounters;
  readonly TransformInput?: { readonly DataSource?: { readonly S3DataSource?: { readonly S3Uri?: string } }; readonly ContentType?: string };
  readonly TransformOutput?: { readonly S3OutputPath?: string };
}

/** What a tuning job makes its training jobs of: one definition, or several. */
export function definitionsOf(job: JobDocument): readonly HyperParameterTrainingJobDefinition[] {
  return job.TrainingJobDefinitions ?? (job.TrainingJobDefinition === undefined ? [] : [job.TrainingJobDefinition]);
}

/** What a tuning job looks for: its own objective, or the first that a definition has. */
export function objectiveOf(job: JobDocument): { readonly metric: string; readonly minimised: boolean } {
  const told = job.HyperParameterTuningJobConfig?.HyperParameterTuningJobObjective ?? definitionsOf(job).find((one) => one.TuningObjective !== undefined)?.TuningObjective;
  return { metric: told?.MetricName ?? "", minimised: told?.Type === "Minimize" };
}
