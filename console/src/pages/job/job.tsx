/** A job of any kind: state as it changes, what went in and came out, log, metrics. */
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { op } from "@/api/client";
import { useEvents } from "@/api/events";
import { table } from "@/api/own";
import { attempt } from "@/app/notices";
import { change, link } from "@/app/router";
import { JobLog } from "@/pages/job/log";
import { JobMetrics } from "@/pages/job/metrics";
import { ENDED, jobKind } from "@/pages/jobs/kinds";
import type { JobDocument } from "@/pages/job/document";
import { Overview } from "@/pages/job/overview";
import { DeployForm } from "@/parts/deploy";
import { Loaded } from "@/parts/loaded";
import { Raw } from "@/parts/raw";
import { Tags } from "@/parts/tags";
import { Trials } from "@/pages/job/trials";
import { Status } from "@/records/columns";

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
  useEvents(kind === undefined ? [] : [`job:${resource}/${name}`], (event) => {
    if (event === "job") void found.refetch();
  });
  if (kind === undefined) return <Alert type="error">There is no kind of job “{resource}”.</Alert>;

  return (
    <Loaded of={found}>
      {(job) => {
        const arn = String(job[kind.arn] ?? "");
        const artifacts = job.ModelArtifacts?.S3ModelArtifacts;
        const image = job.AlgorithmSpecification?.TrainingImage;
        return (
          <SpaceBetween size="l">
            <Header
              variant="h1"
              description={`${kind.label} job`}
              info={<Status value={status} />}
              actions={
                <SpaceBetween direction="horizontal" size="xs">
                  <RunOf arn={arn} />
                  <Button href={link(["lineage"], { arn })}>Lineage</Button>
                  {resource === "training-job" && <Button href={link(["jobs", "create"], { from: name })}>Clone</Button>}
                  {!ENDED.has(status) && (
                    <Button disabled={status === "Stopping"} onClick={() => void attempt(() => op(kind.stop, { [kind.name]: name }), `${name} is told to stop.`).then(() => found.refetch())}>
                      Stop
                    </Button>
                  )}
                  {artifacts !== undefined && image !== undefined && status === "Completed" && (
                    <Button variant="primary" onClick={() => setDeploying(true)}>Deploy model</Button>
                  )}
                </SpaceBetween>
              }
            >
              {name}
            </Header>
            {job.FailureReason !== undefined && <Alert type="error" header="It failed"><div className="told">{job.FailureReason}</div></Alert>}
            {deploying && artifacts !== undefined && image !== undefined && (
              <DeployForm job={{ name, image, artifacts, role: job.RoleArn ?? "" }} done={() => setDeploying(false)} />
            )}
            <Tabs
              activeTabId={params.get("tab") ?? "overview"}
              onChange={({ detail }) => change({ tab: detail.activeTabId === "overview" ? undefined : detail.activeTabId })}
              tabs={[
                { id: "overview", label: "Overview", content: <Overview kind={kind} job={job} /> },
                ...(resource === "training-job" ? [{ id: "metrics", label: "Metrics", content: <JobMetrics name={name} ended={ENDED.has(status)} /> }] : []),
                ...(resource === "hyper-parameter-tuning-job" ? [{ id: "jobs", label: "Training jobs", content: <Trials name={name} job={job} ended={ENDED.has(status)} /> }] : []),
                { id: "log", label: "Log", content: <JobLog arn={arn} topic={`job:${resource}/${name}`} ended={ENDED.has(status)} /> },
                { id: "tags", label: "Tags", content: <Tags arn={arn} resource={resource} /> },
                { id: "raw", label: "Raw", content: <Raw of={job} /> },
              ]}
            />
          </SpaceBetween>
        );
      }}
    </Loaded>
  );
}

/** The run that holds the job's record, if there is one. */
function RunOf({ arn }: { readonly arn: string }) {
  const where = `Source.SourceArn = ${JSON.stringify(arn)}`;
  const found = useQuery({ queryKey: ["table", "run", where], queryFn: ({ signal }) => table({ resource: "run", where, columns: [], limit: 1 }, signal), enabled: arn !== "", retry: false });
  const name = found.data?.names[0];
  return name === undefined ? null : <Button href={link(["runs", name])}>Run</Button>;
}
