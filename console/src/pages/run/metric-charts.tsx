/** Charts of some of a run's metrics: the same for its own and for the machine's. */
import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMemo } from "react";
import { change } from "@/app/router";
import { ChartCard } from "@/charts/chart-card";
import { ChartGrid } from "@/charts/chart-grid";
import { strokes } from "@/charts/colours";
import { grouped, matcher } from "@/charts/names";
import { usePinned } from "@/charts/pinned";
import { readSettings } from "@/charts/settings";
import { Toolbar } from "@/charts/toolbar";
import type { RunRecord, Summary } from "@/pages/run/record";

interface Props {
  readonly run: RunRecord;
  readonly params: URLSearchParams;
  readonly summaries: readonly Summary[];
  /** What the cards leave out of the names. */
  readonly without?: string;
}

export function MetricCharts({ run, params, summaries, without = "" }: Props) {
  const find = params.get("find") ?? "";
  const [pinned, pin] = usePinned(run.Parents[0]?.ExperimentName ?? "");
  const settings = readSettings(params);
  const name = run.TrialComponentName;
  const start = run.StartTime;
  const lines = useMemo(() => strokes([name]), [name]);
  const starts = useMemo(() => new Map(start === undefined ? [] : [[name, start]]), [name, start]);
  const counts = useMemo(() => new Map(summaries.map((one) => [one.MetricName, one.Count])), [summaries]);
  const key = summaries.map((one) => one.MetricName).join("\n");
  const names = useMemo(() => key.split("\n"), [key]);
  const groups = useMemo(() => grouped(names.filter(matcher(find) ?? (() => true)), pinned), [names, find, pinned]);
  const queries = useMemo(() => new Map(names.map((metric) => [metric, [{ run: name, metric }]])), [names, name]);
  return (
    <SpaceBetween size="m">
      <Toolbar settings={settings} metrics={names} find={find} onFind={(text) => change({ find: text }, "replace")} />
      {groups.length === 0 && <Box textAlign="center">No metric has such a name.</Box>}
      <ChartGrid
        groups={groups}
        card={(metric) => (
          <ChartCard
            title={metric.startsWith(without) ? metric.slice(without.length) : metric}
            queries={queries.get(metric)!}
            settings={settings}
            strokes={lines}
            nameOf={(_run, shown) => shown}
            points={counts.get(metric) ?? Infinity}
            starts={starts}
            pinned={pinned.has(metric)}
            onPin={(wanted) => pin(metric, wanted)}
          />
        )}
      />
    </SpaceBetween>
  );
}
