/** A table that was logged: a page of its rows at a time, sorted by any column. */
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import Table from "@cloudscape-design/components/table";
import { useMemo, useState } from "react";
import type { DataTable } from "@/artifacts/graphs";
import { isNumeric, showNumber } from "@/query/show";

const PAGE = 25;
const MOST_COLUMNS = 60;

export function DataTableView({ table, label }: { readonly table: DataTable; readonly label: string }) {
  const [page, setPage] = useState(1);
  const [sort, setSort] = useState({ by: "", descending: false });
  const count = Math.max(0, ...table.names.map((name) => table.columns[name]!.length));
  const order = useMemo(() => {
    const rows = Array.from({ length: count }, (_, at) => at);
    const cells = table.columns[sort.by];
    return cells === undefined ? rows : rows.sort((one, two) => compare(cells[one], cells[two]) * (sort.descending ? -1 : 1));
  }, [table, count, sort]);
  const pages = Math.max(1, Math.ceil(count / PAGE));
  return (
    <Table<number>
      variant="container"
      header={<Header variant="h3" counter={`(${count.toLocaleString()})`} description={table.names.length > MOST_COLUMNS ? `The first ${MOST_COLUMNS} of ${table.names.length} columns.` : ""}>{table.title || label}</Header>}
      items={order.slice((page - 1) * PAGE, page * PAGE)}
      ariaLabels={{ tableLabel: label }}
      sortingColumn={sort.by === "" ? undefined! : { sortingField: sort.by }}
      sortingDescending={sort.descending}
      onSortingChange={({ detail }) => setSort({ by: detail.sortingColumn.sortingField ?? "", descending: detail.isDescending === true })}
      pagination={pages > 1 ? <Pagination currentPageIndex={page} pagesCount={pages} onChange={({ detail }) => setPage(detail.currentPageIndex)} ariaLabels={{ nextPageLabel: "Next page", previousPageLabel: "Previous page", pageLabel: (one) => `Page ${one}` }} /> : undefined}
      empty="No rows."
      columnDefinitions={table.names.slice(0, MOST_COLUMNS).map((name) => ({ id: name, header: name, sortingField: name, cell: (at: number) => shown(table.columns[name]![at]) }))}
    />
  );
}

function shown(value: unknown) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return <div className="numeric">{showNumber(value)}</div>;
  if (typeof value === "string") return isNumeric(value) ? <div className="numeric">{value}</div> : value;
  return typeof value === "boolean" ? (value ? "yes" : "no") : JSON.stringify(value);
}

function compare(one: unknown, two: unknown): number {
  const [first, second] = [Number(one), Number(two)];
  if (one !== "" && two !== "" && Number.isFinite(first) && Number.isFinite(second)) return first - second;
  return String(one ?? "").localeCompare(String(two ?? ""), undefined, { numeric: true });
}
