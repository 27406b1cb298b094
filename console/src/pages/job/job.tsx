/** A job of any kind: state as it changes, what went in and came out, log, metrics. */
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { op } from "@/api/client";
import { useEvents } from "@/api/events";
import { attempt } from "@/app/notices";
import { link } from "@/app/router";
import { JobLog } from "@/pages/job/log";
import { ENDED, jobKind } from "@/pages/jobs/kinds";
import type { JobDocument } from "@/pages/job/document";
import { Overview } from "@/pages/job/overview";
import { AddressedTabs } from "@/parts/addressed-tabs";
import { DeployForm } from "@/parts/deploy";
import { Opened } from "@/parts/opened";
import { Raw } from "@/parts/raw";
import { Tags } from "@/parts/tags";
import { useRunOf } from "@/pages/job/run-of";
import { Trials } from "@/pages/job/trials";
import { CopyRequest } from "@/records/copy-request";
import { nextName, requestOf } from "@/records/requests";

const JobMetrics = lazy(() => import("@/pages/job/metrics"));
/** Kinds whose jobs can have metrics. */
const MEASURED = new Set(["training-job", "processing-job"]);

interface Props {
  readonly resource: string;
  readonly name: string;
  readonly params: URLSearchParams;
}

export function JobPage({ resource, name, params }: Props) {
  const kind = jobKind(resource);
  const found = useQuery({
    queryKey: ["job", resource, name],
    queryFn: ({ signal }) => op<JobDocument>(kind!.describe, { [kind!.name]: name }, signal),
    enabled: kind !== undefined,
  });
  const [deploying, setDeploying] = useState(false);
  const status = kind === undefined ? "" : String(found.data?.[kind.status] ?? "");
  const arn = kind === undefined ? "" : String(found.data?.[kind.arn] ?? "");
  const run = useRunOf(found.data, arn);
  useEvents(kind === undefined ? [] : [`job:${resource}/${name}`], (event) => {
    if (event === "job" || event === "hello" || event === "reset") void found.refetch();
  });
  if (kind === undefined) return <Alert type="error">There is no kind of job “{resource}”.</Alert>;

  return (
    <Opened
      of={found}
      head={(job) => ({
        kind: `${kind.label} job`,
        name,
        status,
        arn,
        actions: [
          typeof run === "string" && <Button key="run" href={link(["runs", run])}>Run</Button>,
          <CopyRequest key="copy" arn={arn} name={name} make={(tags) => [requestOf(kind.create, job, { [kind.name]: nextName(name), Tags: tags })]} />,
          resource === "training-job" && <Button key="clone" href={link(["jobs", "create"], { from: name })}>Clone</Button>,
          !ENDED.has(status) && (
            <Button key="stop" disabled={status === "Stopping"} onClick={() => void attempt(() => op(kind.stop, { [kind.name]: name }), `${name} is told to stop.`).then(() => found.refetch())}>
              Stop
            </Button>
          ),
          deployable(job) !== undefined && status === "Completed" && <Button key="deploy" variant="primary" onClick={() => setDeploying(true)}>Deploy model</Button>,
        ],
      })}
    >
      {(job) => {
        const model = deployable(job);
        return (
          <SpaceBetween size="l">
            {job.FailureReason !== undefined && <Alert type="error" header="It failed"><div className="told">{job.FailureReason}</div></Alert>}
            {deploying && model !== undefined && <DeployForm job={{ name, ...model }} done={() => setDeploying(false)} />}
            <AddressedTabs
              params={params}
              forget={["from", "to", "find", "stream"]}
              tabs={[
                { id: "overview", label: "Overview", content: <Overview kind={kind} job={job} /> },
                ...(MEASURED.has(resource) ? [{ id: "metrics", label: "Metrics", content: <Suspense fallback={<Spinner size="large" />}><JobMetrics run={run} ended={ENDED.has(status)} params={params} /></Suspense> }] : []),
                ...(resource === "hyper-parameter-tuning-job" ? [{ id: "jobs", label: "Training jobs", content: <Trials name={name} job={job} ended={ENDED.has(status)} /> }] : []),
                { id: "log", label: "Log", content: <JobLog arn={arn} topic={`job:${resource}/${name}`} ended={ENDED.has(status)} params={params} /> },
                { id: "tags", label: "Tags", content: <Tags arn={arn} resource={resource} /> },
                { id: "raw", label: "Raw", content: <Raw of={job} /> },
              ]}
            />
          </SpaceBetween>
        );
      }}
    </Opened>
  );
}

/** The makings of a model, of a job that made one. */
function deployable(job: JobDocument): { readonly image: string; readonly artifacts: string; readonly role: string } | undefined {
  const artifacts = job.ModelArtifacts?.S3ModelArtifacts;
  const image = job.AlgorithmSpecification?.TrainingImage;
  return artifacts === undefined || image === undefined ? undefined : { image, artifacts, role: job.RoleArn ?? "" };
}
