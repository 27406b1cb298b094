/** The kinds of record that can be searched: their words, first columns, and pages. */
import { link } from "@/app/router";

export interface Kind {
  readonly resource: string;
  /** The property that holds a record's ARN. */
  readonly arn: string;
  readonly label: string;
  readonly one: string;
  /** Shown until the user chooses. */
  readonly columns: readonly string[];
  /** What it is sorted by until the user chooses; as the server has it when absent. */
  readonly sort?: string;
  /** Under what this browser keeps the columns that were chosen, where it is not the kind. */
  readonly memory?: string;
  readonly href: (name: string, arn: string) => string;
  /** The Resource of SageMaker's Search, for copied programs; absent where it has none. */
  readonly sagemaker?: string;
}

const of = (page: string) => (name: string) => link([page, name]);

export const KINDS: readonly Kind[] = [
  { resource: "run", arn: "TrialComponentArn", label: "Runs", one: "run", columns: ["Status.PrimaryStatus", "Parents.ExperimentName", "CreationTime"], href: of("runs"), sagemaker: "ExperimentTrialComponent" },
  { resource: "experiment", arn: "ExperimentArn", label: "Experiments", one: "experiment", columns: ["CreationTime", "LastModifiedTime"], href: of("experiments"), sagemaker: "Experiment" },
  { resource: "training-job", arn: "TrainingJobArn", label: "Training jobs", one: "training job", columns: ["TrainingJobStatus", "CreationTime", "TrainingTimeInSeconds"], href: (name) => link(["jobs", "training-job", name]), sagemaker: "TrainingJob" },
  { resource: "processing-job", arn: "ProcessingJobArn", label: "Processing jobs", one: "processing job", columns: ["ProcessingJobStatus", "CreationTime"], href: (name) => link(["jobs", "processing-job", name]) },
  { resource: "transform-job", arn: "TransformJobArn", label: "Transform jobs", one: "transform job", columns: ["TransformJobStatus", "CreationTime"], href: (name) => link(["jobs", "transform-job", name]) },
  { resource: "hyper-parameter-tuning-job", arn: "HyperParameterTuningJobArn", label: "Tuning jobs", one: "tuning job", columns: ["HyperParameterTuningJobStatus", "CreationTime"], href: (name) => link(["jobs", "hyper-parameter-tuning-job", name]), sagemaker: "HyperParameterTuningJob" },
  { resource: "model", arn: "ModelArn", label: "Models", one: "model", columns: ["PrimaryContainer.ModelDataUrl", "CreationTime"], href: of("models"), sagemaker: "Model" },
  { resource: "endpoint", arn: "EndpointArn", label: "Endpoints", one: "endpoint", columns: ["EndpointStatus", "CreationTime"], href: of("endpoints"), sagemaker: "Endpoint" },
  { resource: "model-package", arn: "ModelPackageArn", label: "Model packages", one: "model package", columns: ["ModelPackageStatus", "ModelApprovalStatus", "CreationTime"], href: of("model-packages"), sagemaker: "ModelPackage" },
  { resource: "artifact", arn: "ArtifactArn", label: "Artifacts", one: "artifact", columns: ["ArtifactType", "Source.SourceUri", "CreationTime"], href: (_name, arn) => link(["lineage"], { arn }) },
];

/** Where a record of any kind is shown, by the kind as ARNs write it. */
export function pageOf(resource: string): { readonly label: string; readonly word: string; readonly href: (name: string, arn: string) => string } {
  const kind = KINDS.find((one) => one.resource === (resource === "experiment-trial-component" ? "run" : resource));
  const inLineage = (_name: string, arn: string) => link(["lineage"], { arn });
  if (kind !== undefined) return { label: kind.label, word: kind.one, href: kind.href };
  if (resource === "experiment-trial") return { label: "Run groups", word: "run group", href: (name) => link(["search"], { q: `Parents.TrialName = "${name}"` }) };
  if (resource === "endpoint-config") return { label: "Endpoint configurations", word: "endpoint configuration", href: of("endpoint-configs") };
  if (resource === "model-package-group") return { label: "Model package groups", word: "model package group", href: (name) => link(["model-packages"], { group: name }) };
  return { label: `${resource.replaceAll("-", " ")}s`.replace(/^./, (letter) => letter.toUpperCase()), word: resource.replaceAll("-", " "), href: inLineage };
}

export function kindOf(resource: string | null): Kind {
  return KINDS.find((kind) => kind.resource === resource) ?? KINDS[0]!;
}
