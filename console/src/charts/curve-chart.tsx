/** ROC and precision-recall curves of one or many runs, with their scores. */
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import type { Curve } from "@/artifacts/graphs";
import type { Stroke } from "@/charts/colours";
import { highlight, useHighlighted } from "@/charts/highlight";
import { saveText } from "@/charts/save";
import { showNumber } from "@/query/show";
import "./charts.css";

export interface NamedCurve {
  readonly run: string;
  readonly curve: Curve;
}

const SIZE = 300;
const EDGE = 44;
const TICKS = [0, 0.25, 0.5, 0.75, 1];
const WORDS = {
  ROCCurve: { x: "False positive rate", y: "True positive rate", score: "area" },
  PrecisionRecallCurve: { x: "Recall", y: "Precision", score: "average precision" },
} as const;

export function CurveChart({ title, curves, strokes }: { readonly title: string; readonly curves: readonly NamedCurve[]; readonly strokes: ReadonlyMap<string, Stroke> }) {
  const [asTable, setAsTable] = useState(false);
  const lit = useHighlighted();
  const kind = curves[0]?.curve.kind ?? "ROCCurve";
  const words = WORDS[kind];
  const label = `${title}: ${words.y} by ${words.x.toLowerCase()}; ${curves.map(({ run, curve }) => `${run} ${words.score} ${curve.score === undefined ? "unknown" : showNumber(curve.score)}`).join(", ")}`;
  return (
    <section className="chart-card" aria-label={title}>
      <div className="chart-card-head">
        <h2 className="chart-card-name" title={title}>{title}</h2>
        <Button variant="inline-link" ariaLabel={`${asTable ? "View as chart" : "View as table"}: ${title}`} onClick={() => setAsTable(!asTable)}>{asTable ? "View as chart" : "View as table"}</Button>
        <Button variant="icon" iconName="download" ariaLabel={`Download CSV of ${title}`} onClick={() => saveText(`${title}.csv`, curveCsv(curves, words))} />
      </div>
      {asTable ? <Points curves={curves} words={words} label={`${title} as a table`} /> : <Drawing curves={curves} strokes={strokes} words={words} kind={kind} label={label} lit={lit} />}
      <ul className="chart-legend">
        {curves.map(({ run, curve }) => (
          <li key={run} onMouseEnter={() => highlight(run)} onMouseLeave={() => highlight(undefined)} className={lit === run ? "is-lit" : ""}>
            <span className="chart-sign" style={{ background: strokes.get(run)?.colour ?? "gray" }} />
            <span className="chart-tip-name">{run}</span>
            <span className="chart-tip-value">{curve.score === undefined ? "" : `${words.score} ${showNumber(curve.score)}`}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface DrawingProps {
  readonly curves: readonly NamedCurve[];
  readonly strokes: ReadonlyMap<string, Stroke>;
  readonly words: { readonly x: string; readonly y: string };
  readonly kind: Curve["kind"];
  readonly label: string;
  readonly lit: string | undefined;
}

function Drawing({ curves, strokes, words, kind, label, lit }: DrawingProps) {
  const left = (x: number): number => EDGE + x * SIZE;
  const top = (y: number): number => 8 + (1 - y) * SIZE;
  const noSkill = curves.find(({ curve }) => curve.noSkill !== undefined)?.curve.noSkill;
  return (
    <svg className="curve" viewBox={`0 0 ${SIZE + EDGE + 12} ${SIZE + EDGE + 4}`} role="img" aria-label={label}>
      {TICKS.map((tick) => (
        <g key={tick} className="curve-grid">
          <line x1={left(0)} x2={left(1)} y1={top(tick)} y2={top(tick)} />
          <line x1={left(tick)} x2={left(tick)} y1={top(0)} y2={top(1)} />
          <text x={left(0) - 6} y={top(tick) + 4} textAnchor="end">{tick}</text>
          <text x={left(tick)} y={top(0) + 16} textAnchor="middle">{tick}</text>
        </g>
      ))}
      <text className="curve-title" x={left(0.5)} y={top(0) + 32} textAnchor="middle">{words.x}</text>
      <text className="curve-title" transform={`translate(12 ${top(0.5)}) rotate(-90)`} textAnchor="middle">{words.y}</text>
      {kind === "ROCCurve" && <line className="curve-chance" x1={left(0)} y1={top(0)} x2={left(1)} y2={top(1)} />}
      {noSkill !== undefined && <line className="curve-chance" x1={left(0)} y1={top(noSkill)} x2={left(1)} y2={top(noSkill)} />}
      {curves.map(({ run, curve }) => {
        const stroke = strokes.get(run);
        const points = curve.x.map((x, at) => [x, curve.y[at]!] as const).filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
        return (
          <polyline
            key={run}
            points={points.map(([x, y]) => `${left(x).toFixed(1)},${top(y).toFixed(1)}`).join(" ")}
            fill="none"
            stroke={stroke?.colour ?? "gray"}
            strokeDasharray={stroke?.dash.join(" ")}
            strokeWidth={lit === run ? 3 : 1.8}
            opacity={lit === undefined || lit === run ? 1 : 0.25}
          />
        );
      })}
    </svg>
  );
}

const MOST = 300;

function Points({ curves, words, label }: { readonly curves: readonly NamedCurve[]; readonly words: { readonly x: string; readonly y: string }; readonly label: string }) {
  return (
    <div className="chart-card-body" tabIndex={0} role="region" aria-label={label}>
      <table className="figures">
        <thead>
          <tr><th scope="col">Run</th><th scope="col">{words.x}</th><th scope="col">{words.y}</th></tr>
        </thead>
        <tbody>
          {curves.flatMap(({ run, curve }) =>
            curve.x.slice(0, MOST).map((x, at) => (
              <tr key={`${run} ${at}`}><td>{run}</td><td>{showNumber(x)}</td><td>{showNumber(curve.y[at]!)}</td></tr>
            )),
          )}
        </tbody>
      </table>
    </div>
  );
}

function curveCsv(curves: readonly NamedCurve[], words: { readonly x: string; readonly y: string }): string {
  const rows = curves.flatMap(({ run, curve }) => curve.x.map((x, at) => `"${run.replaceAll('"', '""')}",${x},${curve.y[at]!}`));
  return [`run,${words.x.toLowerCase()},${words.y.toLowerCase()}`, ...rows, ""].join("\r\n");
}
