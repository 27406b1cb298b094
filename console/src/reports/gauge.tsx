/** A bias metric's scale: its ends, the ideal value, and a bar from there to the value. */
import type { BiasMetric, Figure } from "@/api/reports";
import { ends, numberOf, written } from "@/reports/figures";
import "./reports.css";

const WIDTH = 260;
const EDGE = 14;

export function Gauge({ metric, value }: { readonly metric: BiasMetric; readonly value: Figure }) {
  const number = numberOf(value);
  const [low, high] = ends(metric, number);
  const place = (at: number): number => EDGE + ((Math.min(Math.max(at, low), high) - low) / (high - low)) * (WIDTH - 2 * EDGE);
  const ideal = place(metric.ideal);
  const at = number === undefined || Number.isNaN(number) ? undefined : place(number);
  const open = [!Number.isFinite(Number(metric.low)), !Number.isFinite(Number(metric.high))];
  const label = `${metric.key} ${written(value)}, ideal ${metric.ideal}, from ${written(metric.low)} to ${written(metric.high)}`;
  return (
    <svg className="gauge" viewBox={`0 0 ${WIDTH} 36`} width={WIDTH} height={36} role="img" aria-label={label}>
      <line className="gauge-scale" x1={EDGE} x2={WIDTH - EDGE} y1={12} y2={12} />
      {at !== undefined && (
        <>
          <line className="gauge-bar" x1={ideal} x2={at} y1={12} y2={12} />
          <circle className="gauge-mark" cx={at} cy={12} r={6} />
        </>
      )}
      <line className="gauge-ideal" x1={ideal} x2={ideal} y1={2} y2={22} />
      <text x={EDGE - 8} y={33}>{open[0] === true ? "← " : ""}{written(low)}</text>
      <text x={WIDTH - EDGE + 8} y={33} textAnchor="end">{written(high)}{open[1] === true ? " →" : ""}</text>
      {ideal > 44 && ideal < WIDTH - 44 && <text x={ideal} y={33} textAnchor="middle">{metric.ideal} is ideal</text>}
    </svg>
  );
}
