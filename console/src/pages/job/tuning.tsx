/** What a tuning job looks for, how far it is, and the best it found. */
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import type { ParameterRanges } from "@/api/aws-types";
import { link } from "@/app/router";
import { definitionsOf, objectiveOf, type JobDocument } from "@/pages/job/document";
import { valueOf } from "@/pages/job/tried";
import { Facts } from "@/parts/facts";
import { showNumber } from "@/query/show";

export function Tuning({ job }: { readonly job: JobDocument }) {
  const config = job.HyperParameterTuningJobConfig;
  const best = job.BestTrainingJob;
  const { metric, minimised } = objectiveOf(job);
  const ranges = [config?.ParameterRanges, ...definitionsOf(job).map((one) => one.HyperParameterRanges)].flatMap(rangesOf);
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Tuning</Header>}>
        <Facts
          items={[
            { label: "Objective", value: metric === "" ? undefined : `${metric}, the ${minimised ? "least" : "greatest"}` },
            { label: "Best training job", value: best === undefined ? undefined : <Link href={link(["jobs", "training-job", best.TrainingJobName])}>{best.TrainingJobName}</Link> },
            { label: `Best ${metric}`, value: best === undefined ? undefined : showNumber(valueOf(best)) },
            { label: "Strategy", value: config?.Strategy },
            { label: "Training jobs", value: counted(job) },
            { label: "At once", value: config?.ResourceLimits.MaxParallelTrainingJobs },
          ]}
        />
      </Container>
      <Table
        variant="container"
        wrapLines
        header={<Header variant="h2" counter={`(${ranges.length})`}>Ranges</Header>}
        items={ranges}
        ariaLabels={{ tableLabel: "Ranges" }}
        columnDefinitions={[
          { id: "name", header: "Hyperparameter", cell: (one) => one.name, isRowHeader: true },
          { id: "range", header: "Range", cell: (one) => one.range },
          { id: "scale", header: "Scale", cell: (one) => one.scale || "–" },
        ]}
        empty="None."
      />
    </SpaceBetween>
  );
}

function counted({ TrainingJobStatusCounters: by, HyperParameterTuningJobConfig: config }: JobDocument): string {
  const most = config?.ResourceLimits.MaxNumberOfTrainingJobs;
  const failed = (by?.NonRetryableError ?? 0) + (by?.RetryableError ?? 0);
  const told = [[by?.Completed ?? 0, "completed"], [by?.InProgress ?? 0, "in progress"], [failed, "failed"], [by?.Stopped ?? 0, "stopped"]] as const;
  const shown = told.filter(([count, word]) => count > 0 || word === "completed").map(([count, word]) => `${count} ${word}`);
  return `${shown.join(", ")}${most === undefined ? "" : `; ${most} at most`}`;
}

interface Range {
  readonly name: string;
  readonly range: string;
  readonly scale: string;
}

function rangesOf(ranges: ParameterRanges | undefined): Range[] {
  const spans = [...(ranges?.ContinuousParameterRanges ?? []), ...(ranges?.IntegerParameterRanges ?? [])];
  return [
    ...spans.map((one) => ({ name: one.Name, range: `${one.MinValue} to ${one.MaxValue}`, scale: one.ScalingType ?? "" })),
    ...(ranges?.CategoricalParameterRanges ?? []).map((one) => ({ name: one.Name, range: one.Values.join(", "), scale: "" })),
    ...(ranges?.AutoParameters ?? []).map((one) => ({ name: one.Name, range: `about ${one.ValueHint}`, scale: "" })),
  ];
}
