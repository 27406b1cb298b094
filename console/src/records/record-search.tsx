/** Records of one kind: filter, table, pages, cog, export. The search page is this; an experiment's page pins a part. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useState, type ReactNode } from "react";
import { ApiError } from "@/api/client";
import { useEvents } from "@/api/events";
import { go, link } from "@/app/router";
import { columnsOf, NAME, rowsOf, type Row } from "@/records/columns";
import { ExportMenu } from "@/records/export-menu";
import { FilterBar } from "@/records/filter-bar";
import type { Kind } from "@/records/kinds";
import { Preferences } from "@/records/preferences";
import { readState, whereOf, writePage, writeSort } from "@/records/state";
import { useRecords } from "@/records/use-table";

interface Props {
  readonly params: URLSearchParams;
  /** The kind, where the page is of one. */
  readonly kind?: Kind;
  /** A condition that always holds here, in the grammar. */
  readonly pinned?: string;
  readonly title: string;
  readonly variant?: "full-page" | "container";
  readonly empty: ReactNode;
  readonly actions?: ReactNode;
}

export function RecordSearch({ params, kind, pinned = "", title, variant = "full-page", empty, actions }: Props) {
  const state = readState(params, kind);
  const found = useRecords(state, pinned);
  const [chosen, setChosen] = useState<readonly Row[]>([]);
  const [fresh, setFresh] = useState(0);
  const { resource } = state.kind;
  useEvents([`search:${resource}`], (event, data: { new?: number }) => {
    if (event === "search") setFresh((count) => count + (data.new ?? 1));
  });

  const answer = found.data;
  const total = answer?.total;
  const descending = state.sort.startsWith("-");
  const sortingField = state.sort.replace(/^-/, "");
  const error = found.error instanceof ApiError ? found.error : undefined;
  const rows = answer === undefined ? [] : rowsOf(answer);
  const filtered = whereOf(state) !== "";

  function refresh(): void {
    setFresh(0);
    void found.refetch();
  }

  return (
    <Table<Row>
      variant={variant}
      stickyHeader={variant === "full-page"}
      stickyColumns={{ first: 1 }}
      resizableColumns
      trackBy="arn"
      selectionType={resource === "run" ? "multi" : undefined!}
      selectedItems={[...chosen]}
      onSelectionChange={({ detail }) => setChosen(detail.selectedItems)}
      ariaLabels={{
        tableLabel: title,
        selectionGroupLabel: `Choose ${state.kind.label.toLowerCase()}`,
        allItemsSelectionLabel: () => "Choose all on this page",
        itemSelectionLabel: (_data, row) => `Choose ${row.name}`,
      }}
      items={rows}
      columnDefinitions={columnsOf(state.kind, state.columns, answer?.types ?? {})}
      columnDisplay={[NAME, ...state.columns].map((id) => ({ id, visible: true }))}
      sortingColumn={sortingField === "" ? undefined! : { sortingField }}
      sortingDescending={descending}
      onSortingChange={({ detail }) => writeSort(`${detail.isDescending === true ? "-" : ""}${detail.sortingColumn.sortingField}`)}
      loading={found.isPending}
      loadingText={`Looking for ${state.kind.label.toLowerCase()}`}
      header={
        <Header
          variant={variant === "full-page" ? "h1" : "h2"}
          counter={total === undefined ? "" : `(${total.toLocaleString()})`}
          description={answer === undefined ? undefined : `${answer.ms < 1 ? "under 1" : Math.round(answer.ms)} ms`}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {fresh > 0 && <Button iconName="refresh" onClick={refresh}>{`${fresh} new: refresh`}</Button>}
              {actions}
              <ExportMenu state={state} pinned={pinned} />
              {resource === "run" && (
                <Button disabled={chosen.length < 2} onClick={() => go(link(["compare"], { runs: chosen.map((row) => encodeURIComponent(row.name)).join(",") }))}>
                  {chosen.length < 2 ? "Compare" : `Compare (${chosen.length})`}
                </Button>
              )}
            </SpaceBetween>
          }
        >
          {title}
        </Header>
      }
      filter={
        <SpaceBetween size="xs">
          <FilterBar state={state} total={filtered ? total : undefined} pinned={pinned} />
          {error !== undefined && (
            <Alert type="error" header={error.code} action={<Button onClick={refresh}>Try again</Button>}>
              <pre className="mono">{error.message}</pre>
              {error.requestId !== undefined && <Box variant="small">Request {error.requestId}</Box>}
            </Alert>
          )}
        </SpaceBetween>
      }
      pagination={
        total !== undefined && total > state.size ? (
          <Pagination
            currentPageIndex={state.page}
            pagesCount={Math.ceil(total / state.size)}
            onChange={({ detail }) => writePage(detail.currentPageIndex)}
            ariaLabels={{ nextPageLabel: "Next page", previousPageLabel: "Previous page", pageLabel: (page) => `Page ${page}` }}
          />
        ) : undefined
      }
      preferences={<Preferences state={state} pinned={pinned} />}
      empty={error !== undefined ? "–" : filtered ? <Box textAlign="center">Nothing matches. Take a condition away, or write it otherwise.</Box> : empty}
    />
  );
}
