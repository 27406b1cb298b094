/** The curves of all compared runs, one chart for each kind and name; confusion matrices side by side. */
import Box from "@cloudscape-design/components/box";
import { useMemo } from "react";
import type { Curve } from "@/artifacts/graphs";
import { useGraphsOf } from "@/artifacts/of-run";
import { strokes } from "@/charts/colours";
import { CurveChart, type NamedCurve } from "@/charts/curve-chart";
import { HeatMap } from "@/charts/heat-map";
import type { Compared } from "@/pages/compare/use-compared";

const MOST = 30;

export function CurvesView({ compared }: { readonly compared: Compared }) {
  const runs = useMemo(() => compared.names.slice(0, MOST).map((name, at) => ({ name, arn: compared.arns[at]! })), [compared.names, compared.arns]);
  const graphs = useGraphsOf(runs);
  const lines = useMemo(() => strokes(runs.map((one) => one.name)), [runs]);
  const charts = new Map<string, NamedCurve[]>();
  for (const { run, name, graph } of graphs) {
    if (graph.kind === "ConfusionMatrix" || graph.kind === "Table") continue;
    const key = `${graph.kind}\n${name}`;
    charts.set(key, [...(charts.get(key) ?? []), { run, curve: graph satisfies Curve }]);
  }
  const matrices = graphs.flatMap((one) => (one.graph.kind === "ConfusionMatrix" ? [{ key: `${one.run} ${one.name}`, title: `${one.name} of ${one.run}`, graph: one.graph }] : []));
  if (charts.size === 0 && matrices.length === 0) return <Box textAlign="center" padding="l">The runs have no ROC or precision-recall curves and no confusion matrices.</Box>;
  return (
    <div className="chart-columns">
      {[...charts].map(([key, curves]) => <CurveChart key={key} title={key.split("\n")[1]!} curves={curves} strokes={lines} />)}
      {matrices.map((one) => <HeatMap key={one.key} title={one.title} graph={one.graph} />)}
    </div>
  );
}
