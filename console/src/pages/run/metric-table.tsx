/** Every metric of a run with its five figures and its course. */
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import Pagination from "@cloudscape-design/components/pagination";
import Table from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useState } from "react";
import { matcher } from "@/charts/names";
import { Sparkline } from "@/charts/sparkline";
import { link } from "@/app/router";
import { inOrder } from "@/query/metrics";
import { show } from "@/query/show";
import { SYSTEM, type RunRecord, type Summary } from "@/pages/run/record";

const PAGE = 20;
const FIGURES = ["Last", "Min", "Max", "Avg", "StdDev", "Count"] as const;
type Column = "MetricName" | (typeof FIGURES)[number];

export function MetricTable({ run }: { readonly run: RunRecord }) {
  const [find, setFind] = useState("");
  const [page, setPage] = useState(1);
  const [sort, setSort] = useState<{ readonly by: Column; readonly descending: boolean }>({ by: "MetricName", descending: false });
  const name = run.TrialComponentName;
  const all = run.Metrics.filter((one) => !one.MetricName.startsWith(SYSTEM));
  const found = all.filter((one) => (matcher(find) ?? (() => true))(one.MetricName)).sort((one, two) => compare(one, two, sort.by) * (sort.descending ? -1 : 1));
  const pages = Math.max(1, Math.ceil(found.length / PAGE));
  const at = Math.min(page, pages);
  return (
    <Table<Summary>
      variant="container"
      trackBy="MetricName"
      header={<Header variant="h2" counter={`(${all.length.toLocaleString()})`}>Metrics</Header>}
      items={found.slice((at - 1) * PAGE, at * PAGE)}
      filter={all.length > PAGE ? <TextFilter filteringText={find} onChange={({ detail }) => { setFind(detail.filteringText); setPage(1); }} filteringPlaceholder="Part of a name, train/*, or /regex/" filteringAriaLabel="Find metrics" countText={`${found.length.toLocaleString()} found`} /> : undefined}
      pagination={pages > 1 ? <Pagination currentPageIndex={at} pagesCount={pages} onChange={({ detail }) => setPage(detail.currentPageIndex)} ariaLabels={{ nextPageLabel: "Next page", previousPageLabel: "Previous page", pageLabel: (one) => `Page ${one}` }} /> : undefined}
      empty="No metrics yet."
      sortingColumn={{ sortingField: sort.by }}
      sortingDescending={sort.descending}
      onSortingChange={({ detail }) => setSort({ by: detail.sortingColumn.sortingField as Column, descending: detail.isDescending === true })}
      ariaLabels={{ tableLabel: "Metrics" }}
      columnDefinitions={[
        { id: "name", header: "Metric", sortingField: "MetricName", isRowHeader: true, cell: (one) => <Link href={link(["runs", name], { tab: "metrics", find: one.MetricName })}>{one.MetricName}</Link> },
        { id: "course", header: "Course", cell: (one) => one.Count > 1 && <Sparkline run={name} metric={one.MetricName} />, width: 140 },
        ...FIGURES.map((figure) => ({
          id: figure,
          header: figure === "StdDev" ? "Std" : figure,
          sortingField: figure,
          cell: (one: Summary) => <div className="numeric">{show(one[figure], "number")}</div>,
        })),
      ]}
    />
  );
}

function compare(one: Summary, two: Summary, by: Column): number {
  if (by === "MetricName") return inOrder(one.MetricName, two.MetricName);
  return rank(one[by]) - rank(two[by]);
}

function rank(value: number | string | null): number {
  const number = value === null ? Number.NaN : Number(value);
  return Number.isNaN(number) ? Number.MAX_VALUE : Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, number));
}
