/** The reports of two or more runs side by side; the last column is how far the last is from the first. */
import Alert from "@cloudscape-design/components/alert";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import Table from "@cloudscape-design/components/table";
import Toggle from "@cloudscape-design/components/toggle";
import { useComparison, type BiasMetric, type Comparison as Found } from "@/api/reports";
import { change, link } from "@/app/router";
import { numberOf, written } from "@/reports/figures";

type Row = Found["metrics"][number];

interface Props {
  readonly runs: readonly string[];
  readonly metrics: readonly BiasMetric[];
  readonly changed: boolean;
}

export function Comparison({ runs, metrics, changed }: Props) {
  const found = useComparison(runs);
  if (found.error !== null) return <Alert type="error" header="The runs cannot be compared">{found.error.message}</Alert>;
  const rows = (found.data?.metrics ?? []).filter((one) => !changed || new Set(one.values.map((value) => written(value))).size > 1);
  const ideal = (name: string): string => {
    const metric = metrics.find((one) => name.startsWith(`bias.${one.stage}.${one.key}.`));
    return metric === undefined ? "" : String(metric.ideal);
  };
  return (
    <Table<Row>
      variant="container"
      loading={found.data === undefined}
      loadingText="Comparing"
      trackBy="name"
      items={rows}
      empty="No figure differs."
      header={<Header variant="h2" counter={`(${rows.length})`} actions={<Toggle checked={changed} onChange={({ detail }) => change({ changed: detail.checked ? "1" : undefined }, "replace")}>Only what differs</Toggle>}>Side by side</Header>}
      ariaLabels={{ tableLabel: "Reports side by side" }}
      columnDefinitions={[
        { id: "name", header: "Figure", isRowHeader: true, cell: (one) => one.name },
        ...runs.map((run, at) => ({ id: `run ${run}`, header: <Link href={link(["runs", run], { tab: "bias" })}>{run}</Link>, cell: (one: Row) => written(one.values[at]) })),
        { id: "change", header: "Change", cell: (one) => moved(one) },
        { id: "ideal", header: "Ideal", cell: (one) => ideal(one.name) },
      ]}
    />
  );
}

function moved(row: Row): string {
  const [first, last] = [numberOf(row.values[0]), numberOf(row.values.at(-1))];
  return first === undefined || last === undefined ? "–" : written(first === last ? 0 : last - first);
}
