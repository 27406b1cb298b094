/** The training jobs of a tuning job, the best first. */
import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import Table from "@cloudscape-design/components/table";
import { useAws } from "@/api/aws";
import { useEvery } from "@/api/every";
import { link } from "@/app/router";
import { Failure } from "@/parts/failure";
import { showNumber } from "@/query/show";
import { Status } from "@/records/columns";

export function Trials({ name, ended }: { readonly name: string; readonly ended: boolean }) {
  const found = useAws("ListTrainingJobsForHyperParameterTuningJob", { HyperParameterTuningJobName: name, MaxResults: 100, SortBy: "FinalObjectiveMetricValue", SortOrder: "Descending" });
  useEvery(3_000, !ended, () => void found.refetch());
  const items = [...(found.data?.TrainingJobSummaries ?? [])];
  const varied = [...new Set(items.flatMap((one) => Object.keys(one.TunedHyperParameters)))];
  if (found.error !== null) return <Failure error={found.error} retry={() => void found.refetch()} />;
  return (
    <Table
      header={<Header variant="h2" counter={`(${items.length})`}>Training jobs</Header>}
      items={items}
      loading={found.isPending}
      loadingText="Loading"
      trackBy="TrainingJobName"
      ariaLabels={{ tableLabel: "Training jobs" }}
      columnDefinitions={[
        { id: "name", header: "Name", cell: (one) => <Link href={link(["jobs", "training-job", one.TrainingJobName])}>{one.TrainingJobName}</Link>, isRowHeader: true },
        { id: "status", header: "Status", cell: (one) => <Status value={one.TrainingJobStatus} /> },
        { id: "objective", header: "Objective", cell: (one) => (one.FinalHyperParameterTuningJobObjectiveMetric === undefined ? "–" : showNumber(one.FinalHyperParameterTuningJobObjectiveMetric.Value)) },
        ...varied.map((each) => ({ id: each, header: each, cell: (one: (typeof items)[number]) => one.TunedHyperParameters[each] ?? "–" })),
      ]}
      empty={<Box textAlign="center">None yet.</Box>}
    />
  );
}
