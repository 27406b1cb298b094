/** Records of one kind: filter, table, pages, cog, export. The search page is this; an experiment's page pins a part. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import Table from "@cloudscape-design/components/table";
import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useEffect, useState, type ReactNode } from "react";
import { aws } from "@/api/aws";
import { go, link } from "@/app/router";
import { usePreview } from "@/app/split";
import { Failure } from "@/parts/failure";
import { refreshLists } from "@/parts/delete";
import { firstOf, type Chosen } from "@/records/chosen";
import { columnsOf, NAME, rowsOf, type Row } from "@/records/columns";
import { Conditions } from "@/records/conditions";
import { RecordsHeader } from "@/records/header";
import type { Kind } from "@/records/kinds";
import { Preparing } from "@/records/preparing";
import { Preferences } from "@/records/preferences";
import { useRowKeys } from "@/records/row-keys";
import { readState, whereOf, writePage, writeSort } from "@/records/state";
import { useFresh, useRecords } from "@/records/use-table";

const GroupView = lazy(() => import("@/records/group-view"));
const Preview = lazy(() => import("@/records/preview"));
const MOST_COMPARED = 100;

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

export function RecordSearch(props: Props) {
  const { params, kind, pinned = "", title } = props;
  const state = readState(params, kind);
  if (!params.has("group")) return <Records {...props} />;
  return (
    <Suspense fallback={<Spinner size="large" />}>
      <GroupView state={state} params={params} pinned={pinned} title={title} filter={<Conditions state={state} total={undefined} pinned={pinned} />} />
    </Suspense>
  );
}

function Records({ params, kind, pinned = "", title, variant = "full-page", empty, actions }: Props) {
  const state = readState(params, kind);
  const where = whereOf(state, pinned);
  const found = useRecords(state, pinned);
  const queries = useQueryClient();
  const [rows, setRows] = useState<readonly Row[]>([]);
  const [all, setAll] = useState(false);
  const [shown, setShown] = useState<Row>();
  const { resource } = state.kind;
  const fresh = useFresh(state, pinned, found.data, all || rows.length > 0);
  useEffect(() => setAll(false), [where, resource]);
  usePreview(shown?.name, shown === undefined ? undefined : <Suspense fallback={<Spinner />}><Preview kind={state.kind} name={shown.name} arn={shown.arn} /></Suspense>, () => setShown(undefined));

  const { refetch } = found;
  const again = useCallback(() => void refetch({ cancelRefetch: false }), [refetch]);
  const answer = found.data;
  const total = answer?.total ?? 0;
  const pages = Math.max(1, Math.ceil(total / state.size));
  const items = answer === undefined ? [] : rowsOf(answer);
  const filtered = whereOf(state) !== "";
  const chosen: Chosen = { rows, all, count: all ? total : rows.length, state, where };
  const wholePage = items.length > 0 && items.every((one) => rows.some((row) => row.arn === one.arn));

  function refresh(): void {
    fresh.clear();
    setRows([]);
    setAll(false);
    void found.refetch();
  }
  async function compare(): Promise<void> {
    const names = await firstOf(chosen, MOST_COMPARED);
    go(link(["compare"], { runs: names.map((one) => encodeURIComponent(one.name)).join(",") }));
  }
  const rowOf = (arn: string) => items.find((one) => one.arn === arn);
  useRowKeys({
    toggle: (arn) => {
      const row = rowOf(arn);
      if (row !== undefined) setRows((before) => (before.some((one) => one.arn === arn) ? before.filter((one) => one.arn !== arn) : [...before, row]));
    },
    compare: () => {
      if (resource === "run" && chosen.count > 1) void compare();
      return undefined;
    },
    preview: (arn) => setShown(rowOf(arn)),
    turn: (by) => writePage(Math.min(pages, Math.max(1, state.page + by))),
  });

  return (
    <Table<Row>
      variant={variant}
      stickyHeader={variant === "full-page"}
      stickyColumns={{ first: state.pinned }}
      resizableColumns
      trackBy="arn"
      selectionType="multi"
      selectedItems={all ? items : [...rows]}
      onSelectionChange={({ detail }) => {
        setAll(false);
        setRows(detail.selectedItems);
      }}
      onRowClick={({ detail }) => setShown(detail.item)}
      ariaLabels={{
        tableLabel: title,
        selectionGroupLabel: `Choose ${state.kind.label.toLowerCase()}`,
        allItemsSelectionLabel: () => "Choose all on this page",
        itemSelectionLabel: (_data, row) => `Choose ${row.name}`,
        activateEditLabel: (column, row) => `Edit ${column.id ?? ""} of ${row.name}`,
        cancelEditLabel: () => "Cancel",
        submitEditLabel: () => "Save",
      }}
      items={items}
      columnDefinitions={columnsOf(state.kind, state.columns, answer?.types ?? {})}
      columnDisplay={[NAME, ...state.columns].map((id) => ({ id, visible: true }))}
      submitEdit={async (row, column, value) => {
        if (typeof value !== "string") return;
        await aws("AddTags", { ResourceArn: row.arn, Tags: [{ Key: (column.id ?? "").slice("Tags.".length), Value: value }] });
        await refreshLists(queries);
      }}
      sortingColumn={state.sort === "" ? undefined! : { sortingField: state.sort.replace(/^-/, "") }}
      sortingDescending={state.sort.startsWith("-")}
      onSortingChange={({ detail }) => writeSort(`${detail.isDescending === true ? "-" : ""}${detail.sortingColumn.sortingField}`)}
      loading={found.isPending}
      loadingText={`Looking for ${state.kind.label.toLowerCase()}`}
      header={<RecordsHeader title={title} full={variant === "full-page"} state={state} pinned={pinned} answer={answer} chosen={chosen} more={fresh.more} refresh={refresh} compare={() => void compare()} own={actions} />}
      filter={
        <SpaceBetween size="xs">
          <Conditions state={state} total={filtered && answer !== undefined ? total : undefined} pinned={pinned} />
          {answer === undefined && <Preparing ready={again} />}
          {found.error !== null && <Failure error={found.error} retry={refresh} />}
          {wholePage && total > items.length && (
            <Alert type="info" action={all ? <Button onClick={() => { setAll(false); setRows([]); }}>Choose none</Button> : <Button onClick={() => setAll(true)}>{`Choose all ${total.toLocaleString()} that match`}</Button>}>
              {all ? `All ${total.toLocaleString()} that match are chosen, of all pages.` : `The ${items.length} of this page are chosen.`}
            </Alert>
          )}
        </SpaceBetween>
      }
      pagination={
        total > state.size ? (
          <Pagination
            currentPageIndex={state.page}
            pagesCount={pages}
            onChange={({ detail }) => writePage(detail.currentPageIndex)}
            jumpToPage={{}}
            i18nStrings={{ jumpToPageInputLabel: "Page", jumpToPageError: `There are ${pages.toLocaleString()} pages.` }}
            ariaLabels={{ nextPageLabel: "Next page", previousPageLabel: "Previous page", jumpToPageButton: "Go to the page", pageLabel: (page) => `Page ${page}` }}
          />
        ) : undefined
      }
      preferences={<Preferences state={state} pinned={pinned} />}
      empty={found.error !== null ? "–" : filtered ? <Box textAlign="center">Nothing matches. Take a condition away, or write it otherwise.</Box> : empty}
    />
  );
}
