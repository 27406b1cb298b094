/** Lists of jobs, one kind at a time; `#/jobs/<kind>/<name>` is a job, `#/jobs/create` the form of a new one. */
import Button from "@cloudscape-design/components/button";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { lazy } from "react";
import type { PageProps } from "@/app/routes";
import { JOBS } from "@/pages/jobs/kinds";
import { Nothing } from "@/parts/nothing";
import { kindOf } from "@/records/kinds";
import { RecordSearch } from "@/records/record-search";
import { writeKind } from "@/records/state";

const Job = lazy(async () => ({ default: (await import("@/pages/job/job")).JobPage }));
const Create = lazy(async () => ({ default: (await import("@/pages/job/create")).CreateJob }));

const FIRST = `estimator = Estimator(image_uri, role, instance_count=1, instance_type="ml.m5.large")
estimator.fit({"train": "s3://bucket/train"})`;

export default function JobsPage({ rest, params }: PageProps) {
  if (rest[0] === "create") return <Create params={params} />;
  if (rest[0] !== undefined && rest[1] !== undefined) return <Job key={rest.join("/")} resource={rest[0]} name={rest[1]} params={params} />;
  const chosen = JOBS.find((one) => one.resource === (params.get("resource") ?? rest[0])) ?? JOBS[0]!;
  return (
    <RecordSearch
      key={chosen.resource}
      params={params}
      kind={kindOf(chosen.resource)}
      title={`${chosen.label} jobs`}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Select
            selectedOption={{ value: chosen.resource, label: chosen.label }}
            options={JOBS.map((one) => ({ value: one.resource, label: one.label }))}
            onChange={({ detail }) => writeKind(detail.selectedOption.value ?? "training-job")}
            ariaLabel="Kind of job"
          />
          <Button variant="primary" href="#/jobs/create">Create training job</Button>
        </SpaceBetween>
      }
      empty={<Nothing what={`${chosen.label.toLowerCase()} jobs`} {...(chosen.resource === "training-job" ? { program: FIRST } : {})} />}
    />
  );
}
