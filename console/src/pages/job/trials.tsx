/** The training jobs of a tuning job, the best first and marked. */
import { useCollection } from "@cloudscape-design/collection-hooks";
import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useEvery } from "@/api/every";
import { link } from "@/app/router";
import { objectiveOf, type JobDocument } from "@/pages/job/document";
import { better, byText, triedBy, valueOf, type Tried } from "@/pages/job/tried";
import { Failure } from "@/parts/failure";
import { showDuration, showNumber } from "@/query/show";
import { Status } from "@/records/columns";

const PAGE = 50;
const NONE: readonly Tried[] = [];

export function Trials({ name, job, ended }: { readonly name: string; readonly job: JobDocument; readonly ended: boolean }) {
  const found = useQuery({ queryKey: ["tried", name], queryFn: ({ signal }) => triedBy(name, signal) });
  useEvery(3_000, !ended, () => void found.refetch());
  const { minimised, metric } = objectiveOf(job);
  const all = found.data ?? NONE;
  const best = job.BestTrainingJob?.TrainingJobName;
  const columns = useMemo(() => columnsOf(all, best, minimised, metric), [all, best, minimised, metric]);
  const { items, collectionProps, paginationProps } = useCollection(all, {
    sorting: { defaultState: { sortingColumn: columns.find((one) => one.id === "objective")! } },
    pagination: { pageSize: PAGE },
  });
  if (found.error !== null) return <Failure error={found.error} retry={() => void found.refetch()} />;
  return (
    <Table<Tried>
      {...collectionProps}
      header={<Header variant="h2" counter={`(${all.length.toLocaleString()})`} description={metric === "" ? "" : `The ${minimised ? "least" : "greatest"} ${metric} is best.`}>Training jobs</Header>}
      items={[...items]}
      loading={found.isPending}
      loadingText="Loading"
      trackBy="TrainingJobName"
      ariaLabels={{ tableLabel: "Training jobs" }}
      columnDefinitions={columns}
      pagination={all.length > PAGE ? <Pagination {...paginationProps} ariaLabels={{ nextPageLabel: "Next page", previousPageLabel: "Previous page", pageLabel: (page) => `Page ${page}` }} /> : undefined}
      empty={<Box textAlign="center">None yet.</Box>}
    />
  );
}

function columnsOf(all: readonly Tried[], best: string | undefined, minimised: boolean, metric: string): TableProps.ColumnDefinition<Tried>[] {
  const varied = [...new Set(all.flatMap((one) => Object.keys(one.TunedHyperParameters)))];
  return [
    {
      id: "name",
      header: "Name",
      sortingField: "TrainingJobName",
      isRowHeader: true,
      cell: (one) => (
        <SpaceBetween direction="horizontal" size="xs">
          <Link href={link(["jobs", "training-job", one.TrainingJobName])}>{one.TrainingJobName}</Link>
          {one.TrainingJobName === best && <Badge color="green">Best</Badge>}
        </SpaceBetween>
      ),
    },
    { id: "status", header: "Status", sortingField: "TrainingJobStatus", cell: (one) => <Status value={one.TrainingJobStatus} /> },
    { id: "objective", header: metric === "" ? "Objective" : metric, sortingComparator: (one, two) => better(one, two, minimised), cell: (one) => <div className="numeric">{one.FinalHyperParameterTuningJobObjectiveMetric === undefined ? "–" : showNumber(valueOf(one))}</div> },
    ...varied.map((each): TableProps.ColumnDefinition<Tried> => ({
      id: `tuned ${each}`,
      header: each,
      sortingComparator: (one, two) => byText(one.TunedHyperParameters[each], two.TunedHyperParameters[each]),
      cell: (one) => <Tuned text={one.TunedHyperParameters[each]} />,
    })),
    { id: "took", header: "Took", sortingComparator: (one, two) => took(one) - took(two), cell: (one) => (took(one) < 0 ? "–" : showDuration(took(one))) },
  ];
}

function Tuned({ text }: { readonly text: string | undefined }) {
  if (text === undefined) return <>–</>;
  const value = Number(text);
  return text.trim() === "" || Number.isNaN(value) ? <>{text}</> : <div className="numeric" title={text}>{showNumber(value)}</div>;
}

/** Seconds; -1 of those that have not ended. */
function took({ TrainingStartTime, TrainingEndTime }: Tried): number {
  return TrainingStartTime === undefined || TrainingEndTime === undefined ? -1 : TrainingEndTime - TrainingStartTime;
}
