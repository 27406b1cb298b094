/** Reports of all runs: one figure's history, and chosen runs side by side. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import Table from "@cloudscape-design/components/table";
import { useQuery } from "@tanstack/react-query";
import { properties } from "@/api/own";
import { useBiasMetrics, type BiasMetric } from "@/api/reports";
import { change, link } from "@/app/router";
import type { PageProps } from "@/app/routes";
import { showTime } from "@/query/show";
import { Choose } from "@/reports/choice";
import { Comparison } from "@/reports/comparison";
import { written } from "@/reports/figures";
import { Gauge } from "@/reports/gauge";
import { History, usePast, type Past } from "@/reports/history";

const PREFIX = "Metrics.";
const FIRST = ["bias.post.DI.", "bias.pre.DPL.", "bias."];

/** The figures that runs have, those asked for first in front. */
function useFigures() {
  return useQuery({
    queryKey: ["report-figures"],
    queryFn: async ({ signal }) => {
      const lists = await Promise.all(["Metrics.bias.", "Metrics.shap."].map((q) => properties("run", q, 1000, "", signal)));
      return lists.flat().map((one) => one.name.slice(PREFIX.length)).sort();
    },
  });
}

export default function ReportsPage({ params }: PageProps) {
  const figures = useFigures();
  const metrics = useBiasMetrics();
  const error = figures.error ?? metrics.error;
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description="Bias and importance of all runs: each figure is a metric that search knows too.">Reports</Header>
      {error !== null ? <Alert type="error" header="The reports cannot be read">{error.message}</Alert> : figures.data === undefined || metrics.data === undefined ? <Spinner size="large" /> : <Shown figures={figures.data} metrics={metrics.data} params={params} />}
    </SpaceBetween>
  );
}

function Shown({ figures, metrics, params }: { readonly figures: readonly string[]; readonly metrics: readonly BiasMetric[]; readonly params: URLSearchParams }) {
  if (figures.length === 0) {
    return (
      <Box textAlign="center" padding="xl">
        <Box variant="strong">No run has a report yet.</Box>
        <Box>run.log_bias_report and run.log_explanations make them, and so do SageMaker Clarify's jobs within a run.</Box>
      </Box>
    );
  }
  const asked = params.get("figure");
  const figure = asked !== null && figures.includes(asked) ? asked : (FIRST.map((prefix) => figures.find((one) => one.startsWith(prefix))).find((one) => one !== undefined) ?? figures[0]!);
  const runs = (params.get("runs") ?? "").split(",").filter((one) => one !== "");
  const metric = metrics.find((one) => figure.startsWith(`bias.${one.stage}.${one.key}.`));
  return (
    <SpaceBetween size="l">
      <Choose label="Figure" value={figure} options={figures} onChange={(one) => change({ figure: one }, "replace")} />
      {metric !== undefined && <Box color="text-body-secondary">{metric.title}: {metric.text.split(/\n\s*\n/)[0]}</Box>}
      <History metric={figure} {...(metric === undefined ? {} : { ideal: metric.ideal })} />
      <Runs figure={figure} metric={metric} chosen={runs} />
      {runs.length > 1 && <Comparison runs={runs} metrics={metrics} changed={params.get("changed") !== null} />}
    </SpaceBetween>
  );
}

function Runs({ figure, metric, chosen }: { readonly figure: string; readonly metric: BiasMetric | undefined; readonly chosen: readonly string[] }) {
  const found = usePast(figure);
  if (found.error !== null) return <Alert type="error">{found.error.message}</Alert>;
  const items = [...(found.data ?? [])].reverse();
  return (
    <Table<Past>
      variant="container"
      loading={found.data === undefined}
      loadingText="Reading runs"
      trackBy="name"
      items={items}
      selectionType="multi"
      selectedItems={items.filter((one) => chosen.includes(one.name))}
      onSelectionChange={({ detail }) => change({ runs: detail.selectedItems.map((one) => one.name).join(",") || undefined }, "replace")}
      header={<Header variant="h2" counter={`(${items.length})`} description="Choose two or more to set their reports side by side." actions={<Button disabled={chosen.length === 0} onClick={() => change({ runs: undefined }, "replace")}>Choose none</Button>}>Runs with {figure}</Header>}
      ariaLabels={{ tableLabel: `Runs with ${figure}`, selectionGroupLabel: "Runs to compare", allItemsSelectionLabel: () => "Choose all", itemSelectionLabel: (_data, one) => `Choose ${one.name}` }}
      columnDefinitions={[
        { id: "name", header: "Run", isRowHeader: true, cell: (one) => <Link href={link(["runs", one.name], { tab: figure.startsWith("shap.") ? "explanations" : "bias" })}>{one.name}</Link> },
        { id: "made", header: "Created", cell: (one) => showTime(one.made) },
        { id: "value", header: figure, cell: (one) => written(one.value) },
        ...(metric === undefined ? [] : [{ id: "gauge", header: "Scale", cell: (one: Past) => <Gauge metric={metric} value={one.value} /> }]),
      ]}
    />
  );
}
