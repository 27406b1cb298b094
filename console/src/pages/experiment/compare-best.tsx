/** The best runs of an experiment by a metric, and the way to compare them. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { properties, table } from "@/api/own";
import { change, go, link } from "@/app/router";
import { useFreshList } from "@/live/news";
import { Failure } from "@/parts/failure";
import { useRunKind } from "@/pages/experiment/columns";
import { quotedName } from "@/query/filter";
import { goalOf, inOrder } from "@/query/metrics";
import { show } from "@/query/show";

const COUNTS = ["3", "5", "10", "20", "50", "100"];

export function CompareBest({ name, where, params }: { readonly name: string; readonly where: string; readonly params: URLSearchParams }) {
  const known = useQuery({ queryKey: ["properties", "run", "Metrics.", where], queryFn: ({ signal }) => properties("run", "Metrics.", 500, where, signal) });
  const metrics = (known.data ?? []).filter((one) => one.name.startsWith("Metrics.")).toSorted((one, two) => inOrder(one.name.slice("Metrics.".length), two.name.slice("Metrics.".length)));
  const { best } = useRunKind(name, where);
  const metric = params.get("metric") ?? (best === undefined ? (metrics[0]?.name ?? "") : `Metrics.${best}`);
  const least = (params.get("best") ?? goalOf(metric)) === "min";
  const count = COUNTS.includes(params.get("top") ?? "") ? params.get("top")! : "5";
  const found = useQuery({
    queryKey: ["best", where, metric, least, count],
    queryFn: ({ signal }) => table({ resource: "run", where: `${where} and exists ${quotedName(metric)}`, sort: [`${least ? "" : "-"}${metric}`], columns: [metric], limit: Number(count) }, signal),
    enabled: metric !== "",
    placeholderData: keepPreviousData,
  });
  useFreshList(["search:run"], (metric === "" ? known : found).refetch);
  const rows = (found.data?.names ?? []).map((name, at) => ({ name, value: found.data?.columns[metric]?.[at] }));
  if (known.data !== undefined && metrics.length === 0) return <Box textAlign="center" padding="l">No run has a metric yet.</Box>;
  return (
    <Table
      variant="container"
      items={rows}
      trackBy="name"
      loading={found.isPending}
      loadingText="Loading"
      ariaLabels={{ tableLabel: "Best runs" }}
      header={
        <Header
          variant="h2"
          counter={`(${rows.length})`}
          actions={<Button variant="primary" disabled={rows.length < 2} onClick={() => go(link(["compare"], { runs: rows.map((row) => encodeURIComponent(row.name)).join(",") }))}>Compare them</Button>}
        >
          Best runs
        </Header>
      }
      filter={
        <SpaceBetween direction="horizontal" size="m">
          <FormField label="By">
            <Select
              selectedOption={{ value: metric, label: metric.replace("Metrics.", "") }}
              options={metrics.map((one) => ({ value: one.name, label: one.name.replace("Metrics.", "") }))}
              filteringType="auto"
              filteringAriaLabel="Find a metric"
              onChange={({ detail }) => change({ metric: detail.selectedOption.value, best: undefined }, "replace")}
            />
          </FormField>
          <FormField label="Best is">
            <Select selectedOption={{ value: least ? "min" : "max", label: least ? "least" : "greatest" }} options={[{ value: "max", label: "greatest" }, { value: "min", label: "least" }]} onChange={({ detail }) => change({ best: detail.selectedOption.value }, "replace")} />
          </FormField>
          <FormField label="How many">
            <Select selectedOption={{ value: count, label: count }} options={COUNTS.map((value) => ({ value, label: value }))} onChange={({ detail }) => change({ top: detail.selectedOption.value }, "replace")} />
          </FormField>
          {found.error !== null && <Failure error={found.error} retry={() => void found.refetch()} />}
        </SpaceBetween>
      }
      columnDefinitions={[
        { id: "rank", header: "Rank", width: 80, cell: (row) => rows.indexOf(row) + 1 },
        { id: "name", header: "Run", isRowHeader: true, cell: (row) => <Link href={link(["runs", row.name])}>{row.name}</Link> },
        { id: "value", header: metric.replace("Metrics.", ""), cell: (row) => <div className="numeric">{show(row.value, "number")}</div> },
      ]}
      empty={<Box textAlign="center">None.</Box>}
    />
  );
}
