/** Every metric with a line for each run, or for each group of runs. */
import Box from "@cloudscape-design/components/box";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMemo } from "react";
import { ChartCard } from "@/charts/chart-card";
import { ChartGrid } from "@/charts/chart-grid";
import { strokes } from "@/charts/colours";
import { grouped, matcher } from "@/charts/names";
import type { Plot } from "@/charts/plot";
import { usePinned } from "@/charts/pinned";
import { readSettings } from "@/charts/settings";
import { Toolbar } from "@/charts/toolbar";
import { regrouped } from "@/pages/compare/group";
import { list, write, type CompareState } from "@/pages/compare/state";
import type { Compared } from "@/pages/compare/use-compared";
import { show } from "@/query/show";

interface Props {
  readonly state: CompareState;
  readonly compared: Compared;
  readonly params: URLSearchParams;
}

export function ChartsView({ state, compared, params }: Props) {
  const { names, attributes, metrics } = compared;
  const settings = readSettings(params);
  const [pinned, pin] = usePinned("");
  const only = params.get("metrics");
  const shown = useMemo(() => names.filter((one) => !state.hidden.has(one)), [names, state.hidden]);
  const by = attributes.find((one) => one.name === state.by);
  const groupOf = useMemo(() => (by === undefined ? undefined : new Map(names.map((name, at) => [name, `${by.name.replace(/^\w+\./, "")} = ${by.cells[at] === null ? "none" : show(by.cells[at], by.type)}`]))), [by, names]);
  const lines = useMemo(() => strokes(groupOf === undefined ? names : [...groupOf.values()]), [names, groupOf]);
  const starts = useMemo(() => {
    const column = attributes.find((one) => one.name === "StartTime");
    return new Map(names.flatMap((name, at) => (typeof column?.cells[at] === "number" ? [[name, column.cells[at]] as const] : [])));
  }, [names, attributes]);
  const wanted = useMemo(() => {
    const asked = only === null ? metrics : metrics.filter((one) => list(only).includes(one));
    return asked.filter(matcher(state.find) ?? (() => true));
  }, [metrics, only, state.find]);
  const groups = useMemo(() => grouped(wanted, pinned), [wanted, pinned]);
  const queries = useMemo(() => new Map(wanted.map((metric) => [metric, shown.map((run) => ({ run, metric }))])), [wanted, shown]);
  const regroup = useMemo(() => (groupOf === undefined ? undefined : (plot: Plot) => regrouped(plot, groupOf)), [groupOf]);
  const choices = attributes.filter((one) => /^(Parameters|Tags)\./.test(one.name));
  return (
    <SpaceBetween size="m">
      <Toolbar settings={settings} metrics={metrics} find={state.find} onFind={(find) => write({ find })} />
      <Select
        selectedOption={by === undefined ? { value: "", label: "One line a run" } : { value: by.name, label: `Mean and range by ${by.name}` }}
        options={[{ value: "", label: "One line a run" }, ...choices.map((one) => ({ value: one.name, label: `Mean and range by ${one.name}` }))]}
        filteringType={choices.length > 10 ? "auto" : "none"}
        filteringAriaLabel="Find a parameter or tag"
        onChange={({ detail }) => write({ by: detail.selectedOption.value })}
        ariaLabel="Lines"
      />
      {groups.length === 0 && <Box textAlign="center">{metrics.length === 0 ? "The runs have no metrics." : "No metric has such a name."}</Box>}
      <ChartGrid
        groups={groups}
        card={(metric) => (
          <ChartCard title={metric} queries={queries.get(metric)!} settings={settings} strokes={lines} nameOf={(run) => run} starts={starts} regroup={regroup} pinned={pinned.has(metric)} onPin={(on) => pin(metric, on)} />
        )}
      />
    </SpaceBetween>
  );
}
