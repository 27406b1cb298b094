/** What a job was asked to do, and how far it came. */
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import type { JobKind } from "@/pages/jobs/kinds";
import { definitionsOf, type JobDocument } from "@/pages/job/document";
import { Timeline } from "@/pages/job/timeline";
import { Tuning } from "@/pages/job/tuning";
import { Copied, Facts } from "@/parts/facts";
import { Pairs } from "@/parts/pairs";
import { When } from "@/parts/when";
import { showDuration } from "@/query/show";
import { Status } from "@/records/columns";

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
            { label: "Image", value: copied(job.AlgorithmSpecification?.TrainingImage ?? job.AppSpecification?.ImageUri) },
            { label: "Program", value: job.AppSpecification?.ContainerEntrypoint?.join(" ") },
            { label: "Arguments", value: job.AppSpecification?.ContainerArguments?.join(" ") },
            { label: "Model", value: job.ModelName },
            { label: "Instances", value: job.ResourceConfig === undefined ? undefined : `${job.ResourceConfig.InstanceCount ?? 1} × ${job.ResourceConfig.InstanceType ?? "–"}` },
            { label: "Role", value: job.RoleArn },
            { label: "Model artifacts", value: copied(job.ModelArtifacts?.S3ModelArtifacts) },
          ]}
        />
      </Container>
      {job.HyperParameterTuningJobConfig !== undefined && <Tuning job={job} />}
      {job.SecondaryStatusTransitions !== undefined && <Timeline of={job.SecondaryStatusTransitions} />}
      {job.HyperParameters !== undefined && <Pairs title="Hyperparameters" of={job.HyperParameters} />}
      <Flows title="Input" of={inputs(job)} />
      <Flows title="Output" of={outputs(job)} />
      {job.Environment !== undefined && Object.keys(job.Environment).length > 0 && <Pairs title="Environment" of={job.Environment} />}
    </SpaceBetween>
  );
}

function copied(text: string | undefined) {
  return text === undefined ? undefined : <Copied text={text} />;
}

function Flows({ title, of }: { readonly title: string; readonly of: readonly Flow[] }) {
  return (
    <Table
      variant="container"
      wrapLines
      header={<Header variant="h2" counter={`(${of.length})`}>{title}</Header>}
      items={[...of]}
      trackBy="name"
      ariaLabels={{ tableLabel: title }}
      columnDefinitions={[
        { id: "name", header: "Name", cell: (one) => one.name, isRowHeader: true, width: 200 },
        { id: "uri", header: "Where", cell: (one) => (one.uri === "" ? "–" : <span className="anywhere"><Copied text={one.uri} /></span>) },
        { id: "type", header: "Content", cell: (one) => one.type || "–", width: 200 },
      ]}
      empty={<Box textAlign="center">None.</Box>}
    />
  );
}

function inputs(job: JobDocument): Flow[] {
  const channels = [...(job.InputDataConfig ?? []), ...definitionsOf(job).flatMap((one) => one.InputDataConfig ?? [])].map((one) => ({ name: one.ChannelName, uri: one.DataSource.S3DataSource?.S3Uri ?? "", type: one.ContentType ?? "" }));
  const processing = (job.ProcessingInputs ?? []).map((one) => ({ name: one.InputName, uri: one.S3Input?.S3Uri ?? "", type: one.S3Input?.LocalPath ?? "" }));
  const transform = job.TransformInput?.DataSource?.S3DataSource?.S3Uri;
  return [...channels, ...processing, ...(transform === undefined ? [] : [{ name: "input", uri: transform, type: job.TransformInput?.ContentType ?? "" }])];
}

function outputs(job: JobDocument): Flow[] {
  const processing = (job.ProcessingOutputConfig?.Outputs ?? []).map((one) => ({ name: one.OutputName, uri: one.S3Output?.S3Uri ?? "", type: one.S3Output?.LocalPath ?? "" }));
  const path = job.OutputDataConfig?.S3OutputPath ?? job.TransformOutput?.S3OutputPath ?? definitionsOf(job)[0]?.OutputDataConfig.S3OutputPath;
  return [...(path === undefined ? [] : [{ name: "output", uri: path, type: "" }]), ...processing];
}
