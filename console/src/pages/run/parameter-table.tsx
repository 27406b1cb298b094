/** A run's parameters. */
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import Table from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useState } from "react";
import type { RunRecord } from "@/pages/run/record";
import { show } from "@/query/show";

const PAGE = 20;

export function ParameterTable({ run }: { readonly run: RunRecord }) {
  const [find, setFind] = useState("");
  const [page, setPage] = useState(1);
  const all = Object.entries(run.Parameters).map(([name, value]) => ({ name, value: show(value.NumberValue ?? value.StringValue ?? null, "mixed") }));
  const wanted = find.trim().toLowerCase();
  const found = all
    .filter((one) => one.name.toLowerCase().includes(wanted) || one.value.toLowerCase().includes(wanted))
    .sort((one, two) => one.name.localeCompare(two.name, undefined, { numeric: true }));
  const pages = Math.max(1, Math.ceil(found.length / PAGE));
  const at = Math.min(page, pages);
  return (
    <Table
      variant="container"
      wrapLines
      trackBy="name"
      header={<Header variant="h2" counter={`(${all.length.toLocaleString()})`}>Parameters</Header>}
      items={found.slice((at - 1) * PAGE, at * PAGE)}
      filter={all.length > PAGE ? <TextFilter filteringText={find} onChange={({ detail }) => { setFind(detail.filteringText); setPage(1); }} filteringAriaLabel="Find parameters" filteringPlaceholder="Name or value" /> : undefined}
      pagination={pages > 1 ? <Pagination currentPageIndex={at} pagesCount={pages} onChange={({ detail }) => setPage(detail.currentPageIndex)} ariaLabels={{ nextPageLabel: "Next page", previousPageLabel: "Previous page", pageLabel: (one) => `Page ${one}` }} /> : undefined}
      empty="No parameters."
      ariaLabels={{ tableLabel: "Parameters" }}
      columnDefinitions={[
        { id: "name", header: "Parameter", cell: (one) => <span className="anywhere">{one.name}</span>, isRowHeader: true, minWidth: 200 },
        { id: "value", header: "Value", cell: (one) => <span className="mono anywhere">{one.value}</span> },
      ]}
    />
  );
}
