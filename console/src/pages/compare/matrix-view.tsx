/** Runs side by side: only what differs, turned either way, with deltas to a baseline. */
import Box from "@cloudscape-design/components/box";
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Toggle from "@cloudscape-design/components/toggle";
import { useMemo, type ReactNode } from "react";
import type { Cell, Type } from "@/api/own";
import { link } from "@/app/router";
import { highlight, useHighlighted } from "@/charts/highlight";
import { MatrixGrid } from "@/charts/matrix-grid";
import { matcher } from "@/charts/names";
import { STATISTICS, write, type CompareState } from "@/pages/compare/state";
import { differs, type Attribute, type Compared } from "@/pages/compare/use-compared";
import { isNumeric, show, showNumber } from "@/query/show";

const LONGEST = 18;

export function MatrixView({ state, compared }: { readonly state: CompareState; readonly compared: Compared }) {
  const { names, attributes } = compared;
  const lit = useHighlighted();
  const shown = useMemo(() => attributes.filter((one) => (!state.diff || names.length < 2 || differs(one)) && (matcher(state.find) ?? (() => true))(one.name)), [attributes, state.diff, state.find, names.length]);
  const base = state.base === undefined ? -1 : names.indexOf(state.base);
  const runHead = (at: number): ReactNode => (
    <span onMouseEnter={() => highlight(names[at])} onMouseLeave={() => highlight(undefined)}>
      <span title={names[at]}><Link ariaLabel={names[at] ?? ""} href={link(["runs", names[at] ?? ""])}>{ending(names[at] ?? "")}</Link></span>
      {at === base && " (base)"}
    </span>
  );
  const attributeHead = (at: number): ReactNode => <span title={shown[at]!.name}>{shown[at]!.name}</span>;
  const cell = (attribute: number, run: number): ReactNode => <Value attribute={shown[attribute]!} run={run} base={base} />;
  return (
    <SpaceBetween size="s">
      <SpaceBetween direction="horizontal" size="m" alignItems="center">
        <Input type="search" value={state.find} onChange={({ detail }) => write({ find: detail.value })} placeholder="Part of a name, Parameters.*, /regex/" ariaLabel="Find properties" />
        <Select
          selectedOption={{ value: state.statistic, label: `Metrics: ${state.statistic}` }}
          options={STATISTICS.map((value) => ({ value, label: `Metrics: ${value}` }))}
          onChange={({ detail }) => write({ stat: detail.selectedOption.value === "Last" ? undefined : detail.selectedOption.value })}
          ariaLabel="Statistic of metrics"
        />
        <Select
          selectedOption={state.base === undefined ? { value: "", label: "No baseline" } : { value: state.base, label: `Against ${state.base}` }}
          options={[{ value: "", label: "No baseline" }, ...names.map((value) => ({ value, label: `Against ${value}` }))]}
          onChange={({ detail }) => write({ base: detail.selectedOption.value })}
          ariaLabel="Baseline"
        />
        <Toggle checked={state.diff} onChange={({ detail }) => write({ diff: detail.checked ? undefined : "all" })}>Only differences</Toggle>
        <Toggle checked={state.transposed} onChange={({ detail }) => write({ turn: detail.checked ? "1" : undefined })}>Runs as rows</Toggle>
        <Box color="text-body-secondary">
          {shown.length.toLocaleString()} of {compared.total.toLocaleString()} properties{compared.pending ? ", more are being read" : ""}
        </Box>
      </SpaceBetween>
      {shown.length === 0 ? (
        <Box textAlign="center" padding="l">{compared.pending ? "Reading" : state.find !== "" ? "No property has such a name." : "The runs do not differ in anything that is recorded."}</Box>
      ) : state.transposed ? (
        <MatrixGrid label="Runs side by side" rows={names.length} columns={shown.length} corner="Run" columnHead={attributeHead} rowHead={runHead} cell={(run, attribute) => cell(attribute, run)} rowClass={(run) => (names[run] === lit ? "is-lit" : "")} onRow={(run) => highlight(run === undefined ? undefined : names[run])} />
      ) : (
        <MatrixGrid label="Runs side by side" rows={shown.length} columns={names.length} corner="Property" columnHead={runHead} rowHead={attributeHead} cell={cell} />
      )}
    </SpaceBetween>
  );
}

/** The end of a long name: runs of one experiment begin alike. */
function ending(name: string): string {
  return name.length <= LONGEST ? name : `…${name.slice(1 - LONGEST)}`;
}

function Value({ attribute, run, base }: { readonly attribute: Attribute; readonly run: number; readonly base: number }) {
  const value = attribute.cells[run];
  if (value === null || value === undefined) return <span className="matrix-missing">–</span>;
  const text = show(value, attribute.type);
  if (!isNumeric(value) || attribute.type === "time") return <span title={text}>{text}</span>;
  const delta = base < 0 || base === run ? "" : deltaOf(value, attribute.cells[base], attribute.type);
  return (
    <span className="matrix-number" title={`${text}${delta === "" ? "" : ` (${delta} to the baseline)`}`}>
      {text}
      {delta !== "" && <span className="matrix-delta">{delta}</span>}
    </span>
  );
}

/** Write how far a number is from the baseline's: `+0.02 (+2.1 %)`; empty where that says nothing. */
export function deltaOf(value: Cell, base: Cell | undefined, type: Type): string {
  if (typeof value !== "number" || typeof base !== "number" || type === "time") return "";
  const delta = value - base;
  const sign = delta > 0 ? "+" : "";
  const share = base === 0 || delta === 0 ? "" : ` (${sign}${((100 * delta) / Math.abs(base)).toFixed(1)} %)`;
  return delta === 0 ? "±0" : `${sign}${showNumber(Number(delta.toPrecision(3)))}${share}`;
}
