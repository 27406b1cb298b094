/** Experiments with how many runs each has, the last of them, and the best value of a metric. */
import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import Pagination from "@cloudscape-design/components/pagination";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useCollection } from "@cloudscape-design/collection-hooks";
import { lazy } from "react";
import { change, link } from "@/app/router";
import type { PageProps } from "@/app/routes";
import { BEST, LEAST, useExperiments, type ExperimentRow } from "@/pages/experiments/use-experiments";
import { Failure } from "@/parts/failure";
import { Nothing } from "@/parts/nothing";
import { When } from "@/parts/when";
import { showNumber } from "@/query/show";

const Experiment = lazy(async () => ({ default: (await import("@/pages/experiment/experiment")).ExperimentPage }));

const FIRST = `from trialbook import Run

with Run("my-experiment") as run:
    run.log_parameter("lr", 0.1)
    run.log_metric("loss", 0.5, step=0)`;

export default function ExperimentsPage({ rest, params }: PageProps) {
  if (rest[0] !== undefined) return <Experiment key={rest[0]} name={rest[0]} params={params} />;
  return <Experiments params={params} />;
}

function Experiments({ params }: { readonly params: URLSearchParams }) {
  const asked = params.get("metric") ?? "";
  const { found, metrics } = useExperiments(asked, ([LEAST, BEST] as const).find((one) => one === params.get("best")));
  const rows = found.data?.rows ?? [];
  const { metric, best } = found.data ?? { metric: asked, best: BEST };
  const { items, collectionProps, filterProps, paginationProps, filteredItemsCount } = useCollection(rows, {
    filtering: {
      filteringFunction: (row, text) => `${row.name}\n${row.description}\n${row.tags.join("\n")}`.toLowerCase().includes(text.toLowerCase()),
      empty: <Nothing what="experiments" program={FIRST} />,
      noMatch: <Box textAlign="center">Nothing matches.</Box>,
      defaultFilteringText: params.get("find") ?? "",
    },
    pagination: { pageSize: 50 },
    sorting: { defaultState: { sortingColumn: { sortingField: "last" }, isDescending: true } },
  });
  return (
    <Table<ExperimentRow>
      {...collectionProps}
      variant="full-page"
      stickyHeader
      resizableColumns
      items={items}
      trackBy="arn"
      loading={found.isPending}
      loadingText="Loading"
      ariaLabels={{ tableLabel: "Experiments" }}
      header={<Header variant="h1" counter={found.data === undefined ? "" : `(${found.data.total.toLocaleString()})`}>Experiments</Header>}
      filter={
        <SpaceBetween size="xs">
          <SpaceBetween direction="horizontal" size="m" alignItems="end">
            <div data-find>
              <TextFilter
                {...filterProps}
                filteringAriaLabel="Find experiments"
                filteringPlaceholder="Name, description or tag"
                countText={`${filteredItemsCount ?? 0} matches`}
                onDelayedChange={({ detail }) => change({ find: detail.filteringText }, "replace")}
              />
            </div>
            <FormField label="Best of">
              <Select
                selectedOption={metric === "" ? null : { value: metric, label: metric.replace("Metrics.", "") }}
                options={metrics.map((one) => ({ value: one.name, label: one.name.replace("Metrics.", ""), tags: [`${one.count}`] }))}
                filteringType="auto"
                filteringAriaLabel="Find a metric"
                placeholder="A metric"
                empty="No run has a metric."
                onChange={({ detail }) => change({ metric: detail.selectedOption.value, best: undefined }, "replace")}
              />
            </FormField>
            <FormField label="Best is">
              <Select
                selectedOption={{ value: best, label: best === BEST ? "greatest" : "least" }}
                options={[{ value: BEST, label: "greatest" }, { value: LEAST, label: "least" }]}
                onChange={({ detail }) => change({ best: detail.selectedOption.value }, "replace")}
              />
            </FormField>
          </SpaceBetween>
          {found.error !== null && <Failure error={found.error} retry={() => void found.refetch()} />}
          {found.data !== undefined && found.data.total > rows.length && <Box variant="small">The {rows.length.toLocaleString()} that changed last are shown; search finds all.</Box>}
        </SpaceBetween>
      }
      pagination={rows.length > 50 ? <Pagination {...paginationProps} /> : undefined}
      columnDefinitions={[
        { id: "name", header: "Name", sortingField: "name", isRowHeader: true, minWidth: 170, width: 180, cell: (row) => <Link href={link(["experiments", row.name])}>{row.name}</Link> },
        { id: "runs", header: "Runs", sortingField: "runs", width: 100, minWidth: 90, cell: (row) => <div className="numeric">{row.runs.toLocaleString()}</div> },
        { id: "last", header: "Last activity", sortingField: "last", minWidth: 190, width: 205, cell: (row) => <When at={row.last} /> },
        { id: "best", header: metric === "" ? "Best" : `Best ${metric.replace("Metrics.", "")}`, sortingComparator: (one, other) => (one.best ?? -Infinity) - (other.best ?? -Infinity), minWidth: 160, width: 185, cell: (row) => <div className="numeric">{row.best === null ? "–" : showNumber(row.best)}</div> },
        { id: "description", header: "Description", minWidth: 150, width: 170, cell: (row) => row.description || "–" },
        { id: "tags", header: "Tags", minWidth: 150, cell: (row) => row.tags.join(", ") || "–" },
      ]}
    />
  );
}
