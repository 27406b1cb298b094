/** Bars with error bars, from zero, or from below the least where zero is far away. */
import "./charts.css";
import { PALETTE } from "@/charts/colours";
import { showNumber } from "@/query/show";

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** The ends of the error bar; NaN for none. */
  readonly low: number;
  readonly high: number;
}

const WIDTH = 760;
const ROW = 28;
const LEFT = 260;
const RIGHT = 90;

interface Props {
  readonly bars: readonly Bar[];
  readonly label: string;
  /** How a value is written; six digits when absent. */
  readonly write?: (value: number) => string;
}

export function Bars({ bars, label, write = showNumber }: Props) {
  const shown = bars.filter((one) => Number.isFinite(one.value));
  if (shown.length === 0) return null;
  const ends = shown.flatMap((one) => [one.value, one.low, one.high]).filter(Number.isFinite);
  const [least, most] = [Math.min(...ends), Math.max(...ends)];
  // Bars whose differences would not be seen from zero begin nearer.
  const near = least > 0 && most - least < 0.25 * most;
  const from = near ? least - 0.25 * (most - least || most * 0.1) : Math.min(0, least);
  const to = Math.max(near ? most : 0, most);
  const place = (value: number): number => LEFT + ((value - from) / (to - from || 1)) * (WIDTH - LEFT - RIGHT);
  const zero = place(near ? from : 0);
  const height = shown.length * ROW + 24;
  const said = shown.map((one) => `${one.label} ${write(one.value)}`).join(", ");
  return (
    <svg className="bars" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={`${label}: ${said}`}>
      {shown.map((one, at) => {
        const top = at * ROW + 4;
        const end = place(one.value);
        const middle = top + ROW / 2 - 4;
        return (
          <g key={`${at} ${one.label}`}>
            <text x={LEFT - 8} y={middle + 4} textAnchor="end">{one.label.length > 40 ? `${one.label.slice(0, 38)}…` : one.label}<title>{one.label}</title></text>
            <rect x={Math.min(zero, end)} y={top} width={Math.max(1, Math.abs(end - zero))} height={ROW - 8} fill={PALETTE[0]} opacity={0.75} />
            {Number.isFinite(one.low) && Number.isFinite(one.high) && (
              <path className="bars-error" d={`M${place(one.low)} ${middle}H${place(one.high)}M${place(one.low)} ${middle - 5}v10M${place(one.high)} ${middle - 5}v10`} />
            )}
            <text x={Math.max(end, Number.isFinite(one.high) ? place(one.high) : end) + 8} y={middle + 4}>{write(one.value)}</text>
          </g>
        );
      })}
      <line className="curve-chance" x1={zero} x2={zero} y1={0} y2={height - 20} />
      <text x={zero} y={height - 6} textAnchor="middle">{showNumber(Number((near ? from : 0).toPrecision(4)))}</text>
    </svg>
  );
}
