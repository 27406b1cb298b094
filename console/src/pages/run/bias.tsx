/** Bias reports of a run: a gauge for each metric with what it means, or a table of all facet values. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";
import { useBiasMetrics, useReports, type Analysis, type BiasMetric, type Report, type Stage } from "@/api/reports";
import { change } from "@/app/router";
import type { TabProps } from "@/pages/run/tabs";
import { Choose, NoReports, ReportBar } from "@/reports/choice";
import { Explained } from "@/reports/explained";
import { facetsOf, figureOf, figuresOf, FULL, hasBias, metricName, numberOf, ROUNDED, stageOf, STAGES, verdict, written } from "@/reports/figures";
import { Gauge } from "@/reports/gauge";
import { History } from "@/reports/history";

const CALL = `run.log_bias_report(data, label="y", facets={"Sex": 0},
                    predictions=scores, group="Age")`;

export default function BiasTab({ run, params }: TabProps) {
  const found = useReports(run.TrialComponentName);
  const metrics = useBiasMetrics();
  const error = found.error ?? metrics.error;
  if (error !== null) return <Alert type="error" header="The reports cannot be read">{error.message}</Alert>;
  if (found.data === undefined || metrics.data === undefined) return <Spinner size="large" />;
  const reports = found.data.filter((one) => hasBias(one.analysis) || one.error !== undefined);
  const chosen = reports.find((one) => one.name === params.get("report")) ?? reports[0];
  if (chosen === undefined) return <NoReports what="bias report" call={CALL} />;
  return <Shown run={run.TrialComponentName} reports={reports} chosen={chosen} metrics={metrics.data} params={params} />;
}

interface ShownProps {
  readonly run: string;
  readonly reports: readonly Report[];
  readonly chosen: Report;
  readonly metrics: readonly BiasMetric[];
  readonly params: URLSearchParams;
}

function Shown({ run, reports, chosen, metrics, params }: ShownProps) {
  const facets = facetsOf(chosen.analysis);
  const facet = facets.find((one) => one.facet === params.get("facet")) ?? facets[0];
  const value = facet?.values.find((one) => one === params.get("value")) ?? facet?.values[0] ?? "";
  const asTable = params.get("view") === "table";
  const label = stageOf(chosen.analysis, "post") ?? stageOf(chosen.analysis, "pre");
  return (
    <SpaceBetween size="l">
      <ReportBar reports={reports} chosen={chosen}>
        {facet !== undefined && <Choose label="Column analyzed for bias" value={facet.facet} options={facets.map((one) => one.facet)} onChange={(name) => change({ facet: name, value: undefined }, "replace")} />}
        {facet !== undefined && <Choose label="Value or threshold analyzed" value={value} options={facet.values} onChange={(one) => change({ value: one }, "replace")} />}
        <SegmentedControl
          label="Show as"
          selectedId={asTable ? "table" : "chart"}
          options={[{ id: "chart", text: "Chart" }, { id: "table", text: "Table" }]}
          onChange={({ detail }) => change({ view: detail.selectedId === "table" ? "table" : undefined }, "replace")}
        />
      </ReportBar>
      {chosen.error !== undefined && <Alert type="error" header="This report cannot be read">{chosen.error}</Alert>}
      {label !== undefined && (
        <Box color="text-body-secondary">
          Predicted column: <b>{label.label}</b>; predicted value or threshold: <b>{label.label_value_or_threshold ?? "–"}</b>
        </Box>
      )}
      {STAGES.map(({ stage, title }) => {
        const held = stageOf(chosen.analysis, stage);
        if (held === undefined) return null;
        if (held.error !== undefined) return <Alert key={stage} type="warning" header={title}>{held.error}</Alert>;
        if (facet === undefined) return null;
        const props = { run, analysis: chosen.analysis!, stage, title, facet: facet.facet, value, metrics };
        return asTable ? <Figures key={stage} {...props} /> : <Gauges key={`${stage} ${chosen.name}`} {...props} />;
      })}
    </SpaceBetween>
  );
}

interface StageProps {
  readonly run: string;
  readonly analysis: Analysis;
  readonly stage: Stage;
  readonly title: string;
  readonly facet: string;
  readonly value: string;
  readonly metrics: readonly BiasMetric[];
}

function Gauges({ run, analysis, stage, title, facet, value, metrics }: StageProps) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const held = figuresOf(analysis, stage, facet);
  const shown = metrics.filter((one) => one.stage === stage && figureOf(held, value, one.key) !== undefined);
  const all = open.size === shown.length;
  return (
    <SpaceBetween size="s">
      <Header variant="h2" actions={<Button ariaLabel={`${all ? "Collapse all" : "Expand all"}: ${title}`} onClick={() => setOpen(all ? new Set() : new Set(shown.map((one) => one.key)))}>{all ? "Collapse all" : "Expand all"}</Button>}>{title}</Header>
      {shown.map((metric) => {
        const figure = figureOf(held, value, metric.key)!;
        const number = numberOf(figure.value);
        return (
          <section key={metric.key} aria-label={metric.title}>
            <Box variant="h3" padding="n">{metric.title} ({metric.key})</Box>
            <div className="report-metric">
              <span className="report-value">{written(figure.value)}</span>
              <Gauge metric={metric} value={figure.value} />
              <Box color={figure.error === undefined ? "text-body-secondary" : "text-status-warning"}>{figure.error ?? verdict(metric, number)}</Box>
            </div>
            <ExpandableSection
              headerText="What it means, and other runs"
              headerAriaLabel={`What ${metric.title} means, and other runs`}
              headingTagOverride="h4"
              expanded={open.has(metric.key)}
              onChange={({ detail }) => setOpen((now) => new Set(detail.expanded ? [...now, metric.key] : [...now].filter((one) => one !== metric.key)))}
            >
              {open.has(metric.key) && (
                <SpaceBetween size="m">
                  <Explained metric={metric} />
                  {held.length > 1 && <SideBySide metric={metric} facet={facet} values={held.map((one) => [one.value_or_threshold, figureOf(held, one.value_or_threshold, metric.key)?.value ?? null] as const)} />}
                  <div>
                    <Box variant="h5" tagOverride="h5">In other runs</Box>
                    <History metric={metricName(stage, metric.key, facet, value, held.length > 1)} ideal={metric.ideal} own={run} />
                  </div>
                </SpaceBetween>
              )}
            </ExpandableSection>
          </section>
        );
      })}
    </SpaceBetween>
  );
}

function SideBySide({ metric, facet, values }: { readonly metric: BiasMetric; readonly facet: string; readonly values: readonly (readonly [string, number | string | null])[] }) {
  return (
    <div>
      <Box variant="h5" tagOverride="h5">By value of {facet}</Box>
      {values.map(([name, value]) => (
        <div key={name} className="report-metric">
          <span className="report-value">{written(value)}</span>
          <Gauge metric={metric} value={value} />
          <Box>{facet} = {name}</Box>
        </div>
      ))}
    </div>
  );
}

function Figures({ analysis, stage, title, facet, metrics }: StageProps) {
  const held = figuresOf(analysis, stage, facet);
  const shown = metrics.filter((one) => one.stage === stage && held[0]?.metrics.some((figure) => figure.name === one.key));
  const cell = (value: string, digits: number) => (one: BiasMetric) => {
    const figure = figureOf(held, value, one.key);
    return <div className="numeric" title={figure?.error}>{written(figure?.value, digits)}</div>;
  };
  return (
    <Table<BiasMetric>
      variant="container"
      trackBy="key"
      items={shown}
      header={<Header variant="h2">{title}</Header>}
      ariaLabels={{ tableLabel: title }}
      columnDefinitions={[
        { id: "metric", header: "Bias metric", isRowHeader: true, cell: (one) => `${one.title} (${one.key})` },
        ...held.flatMap(({ value_or_threshold: value }) => [
          { id: `value ${value}`, header: held.length > 1 ? `${facet} = ${value}` : "Bias value", cell: cell(value, ROUNDED) },
          { id: `full ${value}`, header: "In full", cell: cell(value, FULL) },
        ]),
        { id: "ideal", header: "Ideal", cell: (one) => one.ideal },
        { id: "description", header: "Description", cell: (one) => one.text.split(/\n\s*\n/)[0] ?? "" },
      ]}
      wrapLines
    />
  );
}
