/** Records grouped by the values of properties, with counts and aggregates; a group leads to its records. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import Multiselect from "@cloudscape-design/components/multiselect";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import TokenGroup from "@cloudscape-design/components/token-group";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { AGGREGATES, groups, type AggregateFunction } from "@/api/groups";
import { properties, type Cell } from "@/api/own";
import { change, link, parse } from "@/app/router";
import { useFreshList } from "@/live/news";
import { Failure } from "@/parts/failure";
import { encode } from "@/query/filter";
import { shortName, show } from "@/query/show";
import { countedBy, parseAggregates, parseBy, writeAggregates, writeBy } from "@/records/grouping";
import { whereOf, type State } from "@/records/state";

const MOST = 500;

interface Props {
  readonly state: State;
  readonly params: URLSearchParams;
  readonly pinned: string;
  readonly filter: ReactNode;
  readonly title: string;
}

interface GroupRow {
  readonly key: string;
  readonly values: readonly (Cell | undefined)[];
  readonly count: number;
  readonly cells: readonly (Cell | undefined)[];
}

export default function GroupView({ state, params, pinned, filter, title }: Props) {
  const by = parseBy(params.get("by"));
  const aggregates = parseAggregates(params.get("agg"));
  const sort = params.get("gsort") ?? "-count";
  const where = whereOf(state, pinned);
  const { resource } = state.kind;
  const request = { resource, where, by, aggregates, sort: [sort], limit: MOST };
  const found = useQuery({ queryKey: ["groups", request], queryFn: ({ signal }) => groups(request, signal), enabled: by.length > 0, placeholderData: keepPreviousData });
  useFreshList(by.length === 0 ? [] : [`search:${resource}`], found.refetch);
  const answer = found.data;
  const rows = (answer?.counts ?? []).map((count, at): GroupRow => {
    const values = by.map((name) => answer?.by[name]?.[at]);
    return { key: JSON.stringify(values), values, count, cells: answer?.aggregates.map((one) => one.values[at]) ?? [] };
  });
  const records = (row: GroupRow) => link(parse(window.location.hash).path, { ...Object.fromEntries(params), by: undefined, agg: undefined, group: undefined, gsort: undefined, f: encode(countedBy(state.filter, by, row.values)) });
  const columns: TableProps.ColumnDefinition<GroupRow>[] = [
    ...by.map((name, at): TableProps.ColumnDefinition<GroupRow> => ({ id: `by ${name}`, header: <span title={name}>{shortName(name)}</span>, sortingField: name, isRowHeader: at === 0, cell: (row) => <Link href={records(row)}>{row.values[at] === null || row.values[at] === undefined ? "(none)" : show(row.values[at], undefined)}</Link> })),
    { id: "count", header: state.kind.label, sortingField: "count", cell: (row) => <div className="numeric">{row.count.toLocaleString()}</div> },
    ...aggregates.map((one, at): TableProps.ColumnDefinition<GroupRow> => ({ id: `${one.function} ${one.property}`, header: `${one.function} ${shortName(one.property)}`, sortingField: `${one.function}(${one.property})`, cell: (row) => <div className="numeric">{show(row.cells[at], one.property.endsWith("Time") && one.function !== "count" ? "time" : "number") || "–"}</div> })),
  ];
  return (
    <Table<GroupRow>
      variant="full-page"
      items={rows}
      trackBy="key"
      loading={found.isLoading}
      loadingText="Grouping"
      ariaLabels={{ tableLabel: `${title}, grouped` }}
      columnDefinitions={columns}
      sortingColumn={{ sortingField: sort.replace(/^-/, "") }}
      sortingDescending={sort.startsWith("-")}
      onSortingChange={({ detail }) => change({ gsort: `${detail.isDescending === true ? "-" : ""}${detail.sortingColumn.sortingField}` })}
      header={<Header variant="h1" counter={answer === undefined ? "" : `(${answer.total.toLocaleString()} groups)`} actions={<Button onClick={() => change({ group: undefined, by: undefined, agg: undefined, gsort: undefined })}>Show records</Button>}>{title}, grouped</Header>}
      filter={
        <SpaceBetween size="s">
          {filter}
          <Choices resource={resource} where={where} by={by} aggregates={aggregates} />
          {found.error !== null && <Failure error={found.error} retry={() => void found.refetch()} />}
          {answer !== undefined && answer.total > rows.length && <Box variant="small">The first {MOST} groups are shown.</Box>}
        </SpaceBetween>
      }
      empty={<Box textAlign="center">{by.length === 0 ? "Choose what to group by." : found.error !== null ? "–" : "Nothing matches."}</Box>}
    />
  );
}

function Choices({ resource, where, by, aggregates }: { readonly resource: string; readonly where: string; readonly by: readonly string[]; readonly aggregates: ReturnType<typeof parseAggregates> }) {
  const [text, setText] = useState("");
  const [of, setOf] = useState<AggregateFunction>("mean");
  const known = useQuery({ queryKey: ["properties", resource, text, where, 200], queryFn: ({ signal }) => properties(resource, text, 200, where, signal), placeholderData: keepPreviousData, staleTime: 10_000 });
  const names = (known.data ?? []).map((one) => ({ value: one.name, label: one.name, tags: [`${one.count}`] }));
  const numeric = (known.data ?? []).filter((one) => one.type === "number" || one.type === "time").map((one) => ({ value: one.name, label: one.name, tags: [`${one.count}`] }));
  return (
    <SpaceBetween direction="horizontal" size="m">
      <FormField label="Group by">
        <Multiselect
          selectedOptions={by.map((value) => ({ value, label: value }))}
          options={names}
          filteringType="manual"
          filteringAriaLabel="Find a property"
          onLoadItems={({ detail }) => setText(detail.filteringText)}
          statusType={known.isFetching ? "loading" : "finished"}
          loadingText="Looking"
          placeholder="Parameters, tags …"
          deselectAriaLabel={(one) => `Do not group by ${one.label ?? ""}`}
          onChange={({ detail }) => change({ by: writeBy(detail.selectedOptions.map((one) => one.value ?? "")) })}
        />
      </FormField>
      <FormField label="With the">
        <Select selectedOption={{ value: of, label: of }} options={AGGREGATES.map((value) => ({ value, label: value }))} onChange={({ detail }) => setOf(detail.selectedOption.value as AggregateFunction)} />
      </FormField>
      <FormField label="of">
        <Select
          selectedOption={null}
          options={numeric}
          filteringType="manual"
          filteringAriaLabel="Find a property"
          onLoadItems={({ detail }) => setText(detail.filteringText)}
          statusType={known.isFetching ? "loading" : "finished"}
          loadingText="Looking"
          placeholder="Add a number"
          onChange={({ detail }) => change({ agg: writeAggregates([...aggregates, { property: detail.selectedOption.value ?? "", function: of }]) })}
        />
      </FormField>
      {aggregates.length > 0 && (
        <TokenGroup
          items={aggregates.map((one) => ({ label: `${one.function} ${shortName(one.property)}`, dismissLabel: `Leave out ${one.function} of ${one.property}` }))}
          onDismiss={({ detail }) => change({ agg: writeAggregates(aggregates.filter((_one, at) => at !== detail.itemIndex)) })}
        />
      )}
    </SpaceBetween>
  );
}
