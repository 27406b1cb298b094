/** What moved the prediction of one row away from the expected one; row by row. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useLocalValues } from "@/api/reports";
import { change } from "@/app/router";
import { written } from "@/reports/figures";
import { steps, type Step } from "@/reports/steps";
import "./reports.css";

const WIDTH = 760;
const ROW = 26;
const LEFT = 240;

interface Props {
  readonly run: string;
  readonly report: string;
  readonly label: string;
  readonly expected: number;
  readonly params: URLSearchParams;
}

export function Waterfall({ run, report, label, expected, params }: Props) {
  const at = Math.max(0, Math.floor(Number(params.get("row")) || 0));
  const found = useLocalValues(run, report, at, true);
  const count = found.data?.count ?? 0;
  const go = (row: number): void => change({ row: row === 0 ? undefined : String(row) }, "replace");
  return (
    <SpaceBetween size="s">
      <Header
        variant="h2"
        description="How far each feature moved the prediction of one row."
        actions={
          <SpaceBetween direction="horizontal" size="xs" alignItems="center">
            <Button iconName="angle-left" variant="icon" ariaLabel="The row before" disabled={at === 0} onClick={() => go(at - 1)} />
            <Input type="number" ariaLabel="Number of the row" value={String(at)} onChange={({ detail }) => go(Math.min(Math.max(0, Math.floor(Number(detail.value) || 0)), Math.max(0, count - 1)))} />
            <Button iconName="angle-right" variant="icon" ariaLabel="The next row" disabled={at + 1 >= count} onClick={() => go(at + 1)} />
            <Box>of {count.toLocaleString()}</Box>
          </SpaceBetween>
        }
      >
        One row
      </Header>
      {found.error !== null ? <Box color="text-body-secondary">{found.error.message}</Box> : found.data === undefined ? <Spinner /> : <Drawing steps={steps(found.data, label, expected)} expected={expected} row={at} />}
    </SpaceBetween>
  );
}

function Drawing({ steps: shown, expected, row }: { readonly steps: readonly Step[]; readonly expected: number; readonly row: number }) {
  if (shown.length === 0) return <Box>There is no such row.</Box>;
  const end = shown.reduce((sum, one) => sum + one.value, expected);
  const all = shown.flatMap((one) => [one.from, one.from + one.value]);
  const [low, high] = [Math.min(...all, expected), Math.max(...all, expected)];
  const place = (value: number): number => LEFT + ((value - low) / (high - low || 1)) * (WIDTH - LEFT - 80);
  const height = (shown.length + 2) * ROW;
  const label = `Row ${row}: from ${written(expected)} to ${written(end)}; ${shown.map((one) => `${one.name} ${written(one.value)}`).join(", ")}`;
  return (
    <svg className="report-svg" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={label}>
      <text x={place(expected)} y={14} textAnchor="middle">expected {written(expected)}</text>
      {shown.map((one, at) => {
        const top = (at + 1) * ROW - 4;
        const [from, to] = [place(one.from), place(one.from + one.value)];
        return (
          <g key={one.name}>
            <text x={LEFT - 10} y={top + 14} textAnchor="end">{one.name}</text>
            <rect className={one.value < 0 ? "report-down" : "report-up"} x={Math.min(from, to)} width={Math.max(1, Math.abs(to - from))} y={top} height={ROW - 8} />
            <text x={Math.max(from, to) + 6} y={top + 14}>{one.value > 0 ? "+" : ""}{written(one.value)}</text>
            <line className="report-grid" x1={to} x2={to} y1={top} y2={top + ROW + 4} />
          </g>
        );
      })}
      <text x={place(end)} y={height - 4} textAnchor="middle">predicted {written(end)}</text>
    </svg>
  );
}
