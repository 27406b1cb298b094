/** What a job was asked to do, and how far it came. */
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import type { Channel, ProcessingInput, ProcessingOutput, SecondaryStatusTransition } from "@/api/aws-types";
import type { JobKind } from "@/pages/jobs/kinds";
import { Timeline } from "@/pages/job/timeline";
import { Copied, Facts } from "@/parts/facts";
import { Pairs } from "@/parts/pairs";
import { When } from "@/parts/when";
import { showDuration } from "@/query/show";
import { Status } from "@/records/columns";

/** The members that several kinds of job have; the rest is under Raw. */
export interface JobDocument {
  readonly [member: string]: unknown;
  readonly AlgorithmSpecification?: { readonly TrainingImage?: string; readonly TrainingInputMode?: string; readonly AlgorithmName?: string };
  readonly AppSpecification?: { readonly ImageUri?: string; readonly ContainerEntrypoint?: readonly string[]; readonly ContainerArguments?: readonly string[] };
  readonly CreationTime?: number;
  readonly Environment?: Readonly<Record<string, string>>;
  readonly FailureReason?: string;
  readonly HyperParameters?: Readonly<Record<string, string>>;
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
  readonly TransformInput?: { readonly DataSource?: { readonly S3DataSource?: { readonly S3Uri?: string } }; readonly ContentType?: string };
  readonly TransformOutput?: { readonly S3OutputPath?: string };
}

interface Flow {
  readonly name: string;
  readonly uri: string;
  readonly type: string;
}

export function Overview({ kind, job }: { readonly kind: JobKind; readonly job: JobDocument }) {
  const started = job[kind.started] as number | undefined;
  const ended = job[kind.ended] as number | undefined;
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Job settings</Header>}>
        <Facts
          items={[
            { label: "Status", value: <Status value={String(job[kind.status] ?? "")} /> },
            { label: "Secondary status", value: job.SecondaryStatus },
            { label: "ARN", value: <Copied text={String(job[kind.arn] ?? "")} /> },
            { label: "Created", value: <When at={job.CreationTime} /> },
            { label: "Duration", value: started === undefined || ended === undefined ? undefined : showDuration(ended - started) },
            { label: "Image", value: <Image uri={job.AlgorithmSpecification?.TrainingImage ?? job.AppSpecification?.ImageUri} /> },
            { label: "Program", value: job.AppSpecification?.ContainerEntrypoint?.join(" ") },
            { label: "Arguments", value: job.AppSpecification?.ContainerArguments?.join(" ") },
            { label: "Model", value: job.ModelName },
            { label: "Instances", value: job.ResourceConfig === undefined ? undefined : `${job.ResourceConfig.InstanceCount ?? 1} × ${job.ResourceConfig.InstanceType ?? "–"}` },
            { label: "Role", value: job.RoleArn },
            { label: "Model artifacts", value: job.ModelArtifacts?.S3ModelArtifacts === undefined ? undefined : <Copied text={job.ModelArtifacts.S3ModelArtifacts} /> },
          ]}
        />
      </Container>
      {job.SecondaryStatusTransitions !== undefined && <Timeline of={job.SecondaryStatusTransitions} />}
      {job.HyperParameters !== undefined && <Pairs title="Hyperparameters" of={job.HyperParameters} />}
      <Flows title="Input" of={inputs(job)} />
      <Flows title="Output" of={outputs(job)} />
      {job.Environment !== undefined && Object.keys(job.Environment).length > 0 && <Pairs title="Environment" of={job.Environment} />}
    </SpaceBetween>
  );
}

function Image({ uri }: { readonly uri: string | undefined }) {
  return uri === undefined ? undefined : <Copied text={uri} />;
}

function Flows({ title, of }: { readonly title: string; readonly of: readonly Flow[] }) {
  return (
    <Table
      variant="container"
      header={<Header variant="h2" counter={`(${of.length})`}>{title}</Header>}
      items={[...of]}
      trackBy="name"
      ariaLabels={{ tableLabel: title }}
      columnDefinitions={[
        { id: "name", header: "Name", cell: (one) => one.name, isRowHeader: true, width: 200 },
        { id: "uri", header: "Where", cell: (one) => (one.uri === "" ? "–" : <Copied text={one.uri} />) },
        { id: "type", header: "Content", cell: (one) => one.type || "–", width: 200 },
      ]}
      empty={<Box textAlign="center">None.</Box>}
    />
  );
}

function inputs(job: JobDocument): Flow[] {
  const channels = (job.InputDataConfig ?? []).map((one) => ({ name: one.ChannelName, uri: one.DataSource.S3DataSource?.S3Uri ?? "", type: one.ContentType ?? "" }));
  const processing = (job.ProcessingInputs ?? []).map((one) => ({ name: one.InputName, uri: one.S3Input?.S3Uri ?? "", type: one.S3Input?.LocalPath ?? "" }));
  const transform = job.TransformInput?.DataSource?.S3DataSource?.S3Uri;
  return [...channels, ...processing, ...(transform === undefined ? [] : [{ name: "input", uri: transform, type: job.TransformInput?.ContentType ?? "" }])];
}

function outputs(job: JobDocument): Flow[] {
  const processing = (job.ProcessingOutputConfig?.Outputs ?? []).map((one) => ({ name: one.OutputName, uri: one.S3Output?.S3Uri ?? "", type: one.S3Output?.LocalPath ?? "" }));
  const path = job.OutputDataConfig?.S3OutputPath ?? job.TransformOutput?.S3OutputPath;
  return [...(path === undefined ? [] : [{ name: "output", uri: path, type: "" }]), ...processing];
}
