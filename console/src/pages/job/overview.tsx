/** What a job was asked to do, and how far it came. */
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useEvery } from "@/api/every";
import { link } from "@/app/router";
import type { JobKind } from "@/pages/jobs/kinds";
import { useContents } from "@/api/contents";
import type { JobDocument } from "@/pages/job/document";
import { FlowTable } from "@/pages/job/flow-table";
import { inputs, outputs, withContents } from "@/pages/job/flows";
import { Timeline } from "@/pages/job/timeline";
import { Tuning } from "@/pages/job/tuning";
import { Copied, Facts } from "@/parts/facts";
import { Pairs } from "@/parts/pairs";
import { When } from "@/parts/when";
import { showDuration } from "@/query/show";
import { Status } from "@/records/columns";

export function Overview({ kind, job }: { readonly kind: JobKind; readonly job: JobDocument }) {
  const started = job[kind.started] as number | undefined;
  const ended = job[kind.ended] as number | undefined;
  // A tuning job reads nothing itself, and the server keeps no contents of it.
  const tuning = job.HyperParameterTuningJobConfig !== undefined;
  const contents = useContents(tuning ? "" : String(job[kind.arn] ?? ""), `${String(job[kind.status])} ${job.SecondaryStatus ?? ""}`);
  const read = contents.data?.filter((one) => one.direction === "read") ?? [];
  const wrote = contents.data?.filter((one) => one.direction === "wrote") ?? [];
  const unseen = tuning ? "read by its training jobs" : contents.isPending ? "–" : contents.error !== null ? contents.error.message : ended === undefined ? "not read yet" : "its bytes were not seen here";
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Job settings</Header>}>
        <Facts
          items={[
            { label: "Status", value: <Status value={String(job[kind.status] ?? "")} /> },
            { label: "Secondary status", value: job.SecondaryStatus },
            { label: "ARN", value: <Copied text={String(job[kind.arn] ?? "")} /> },
            { label: "Created", value: <When at={job.CreationTime} /> },
            { label: "Duration", value: started === undefined ? undefined : <Duration from={started} to={ended} /> },
            { label: "Image", value: copied(job.AlgorithmSpecification?.TrainingImage ?? job.AppSpecification?.ImageUri) },
            { label: "Program", value: job.AppSpecification?.ContainerEntrypoint?.join(" ") },
            { label: "Arguments", value: job.AppSpecification?.ContainerArguments?.join(" ") },
            { label: "Model", value: job.ModelName === undefined ? undefined : <Link href={link(["models", job.ModelName])}>{job.ModelName}</Link> },
            { label: "Instances", value: job.ResourceConfig === undefined ? undefined : `${job.ResourceConfig.InstanceCount ?? 1} × ${job.ResourceConfig.InstanceType ?? "–"}` },
            { label: "Role", value: job.RoleArn },
            { label: "Model artifacts", value: copied(job.ModelArtifacts?.S3ModelArtifacts) },
          ]}
        />
      </Container>
      {tuning && <Tuning job={job} />}
      {job.SecondaryStatusTransitions !== undefined && <Timeline of={job.SecondaryStatusTransitions} />}
      {job.HyperParameters !== undefined && <Pairs title="Hyperparameters" of={job.HyperParameters} />}
      <FlowTable title="Input" of={withContents(inputs(job), read)} unseen={unseen} />
      <FlowTable title="Output" of={withContents(outputs(job), wrote)} unseen="–" />
      {job.Environment !== undefined && Object.keys(job.Environment).length > 0 && <Pairs title="Environment" of={job.Environment} />}
    </SpaceBetween>
  );
}

function copied(text: string | undefined) {
  return text === undefined ? undefined : <Copied text={text} />;
}

/** How long it took, or has run so far. */
function Duration({ from, to }: { readonly from: number; readonly to: number | undefined }) {
  const [now, setNow] = useState(() => Date.now() / 1000);
  useEvery(1_000, to === undefined, () => setNow(Date.now() / 1000));
  return <>{to === undefined ? `${showDuration(Math.max(0, now - from))} so far` : showDuration(to - from)}</>;
}
