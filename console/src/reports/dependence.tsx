/** Partial dependence: how the mean prediction changes with one feature, over how many rows have each value. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import type { Dependence } from "@/api/reports";
import { PALETTE } from "@/charts/colours";
import { written } from "@/reports/figures";
import "@/charts/charts.css";
import "./reports.css";

const WIDTH = 360;
const HEIGHT = 190;
const EDGE = 46;

export function DependenceChart({ held }: { readonly held: Dependence }) {
  const [asTable, setAsTable] = useState(false);
  const name = held.feature_name;
  const [values, lines] = [held.feature_values ?? [], held.model_predictions ?? []];
  if (held.error !== undefined || values.length === 0) return <Box color="text-status-warning">{name}: {held.error ?? "no values"}</Box>;
  return (
    <section className="chart-card" aria-label={`Partial dependence on ${name}`}>
      <div className="chart-card-head">
        <h3 className="chart-card-name" title={name}>{name}</h3>
        <Button variant="inline-link" ariaLabel={`${asTable ? "View as chart" : "View as table"}: ${name}`} onClick={() => setAsTable(!asTable)}>{asTable ? "View as chart" : "View as table"}</Button>
      </div>
      {asTable ? <Figures held={held} /> : <Drawing name={name} values={values} lines={lines} shares={held.data_distribution ?? []} numeric={held.data_type === "numerical"} />}
    </section>
  );
}

interface DrawingProps {
  readonly name: string;
  readonly values: readonly (number | string)[];
  readonly lines: readonly (readonly number[])[];
  readonly shares: readonly number[];
  readonly numeric: boolean;
}

function Drawing({ name, values, lines, shares, numeric }: DrawingProps) {
  const all = lines.flat().filter(Number.isFinite);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const most = Math.max(...shares, 0) || 1;
  const numbers = values.map(Number);
  const [first, last] = [numbers[0] ?? 0, numbers.at(-1) ?? 1];
  const span = WIDTH - EDGE - 16;
  const left = (at: number): number => EDGE + 4 + (numeric ? ((numbers[at]! - first) / (last - first || 1)) * span : (at / Math.max(1, values.length - 1)) * span);
  const top = (value: number): number => 10 + (1 - (value - low) / (high - low || 1)) * (HEIGHT - 44);
  return (
    <svg className="report-svg" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`The mean prediction by ${name}: from ${written(low)} to ${written(high)} over ${values.length} values`}>
      {shares.map((share, at) => {
        const size = (share / most) * (HEIGHT - 44);
        return <rect key={at} className="report-count" x={left(at) - span / values.length / 3} width={(span / values.length / 3) * 2} y={HEIGHT - 34 - size} height={size} />;
      })}
      {[low, high].map((value, at) => <text key={at} x={EDGE - 4} y={top(value) + 4} textAnchor="end">{written(value)}</text>)}
      <line className="report-axis" x1={EDGE} x2={WIDTH - 8} y1={HEIGHT - 34} y2={HEIGHT - 34} />
      {lines.map((line, which) => <polyline key={which} fill="none" strokeWidth={2} stroke={PALETTE[which % PALETTE.length]} points={line.map((value, at) => `${left(at)},${top(value)}`).join(" ")} />)}
      <text x={left(0)} y={HEIGHT - 18}>{numeric ? written(values[0]) : values[0]}</text>
      <text x={left(values.length - 1)} y={HEIGHT - 18} textAnchor="end">{numeric ? written(values.at(-1)) : values.at(-1)}</text>
      <text x={(EDGE + WIDTH) / 2} y={HEIGHT - 4} textAnchor="middle">{name}</text>
    </svg>
  );
}

function Figures({ held }: { readonly held: Dependence }) {
  const lines = held.model_predictions ?? [];
  return (
    <div className="chart-card-body" tabIndex={0} role="region" aria-label={`Partial dependence on ${held.feature_name} as a table`}>
      <table className="figures">
        <thead>
          <tr><th scope="col">{held.feature_name}</th>{lines.map((_line, at) => <th key={at} scope="col">{held.label_headers?.[at] ?? `label${at}`}</th>)}<th scope="col">Share of rows</th></tr>
        </thead>
        <tbody>
          {(held.feature_values ?? []).map((value, at) => (
            <tr key={at}><td>{typeof value === "number" ? written(value) : value}</td>{lines.map((line, which) => <td key={which}>{written(line[at])}</td>)}<td>{written(held.data_distribution?.[at])}</td></tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
