/** One figure across runs, in the order in which they were made. */
import { useQuery } from "@tanstack/react-query";
import Box from "@cloudscape-design/components/box";
import Spinner from "@cloudscape-design/components/spinner";
import { table } from "@/api/own";
import { link } from "@/app/router";
import { isNumeric } from "@/query/show";
import { written } from "@/reports/figures";
import "./reports.css";

const WIDTH = 640;
const HEIGHT = 130;
const EDGE = 40;
const MOST = 200;

export interface Past {
  readonly name: string;
  readonly made: number;
  readonly value: number;
}

/** Quote a property's name where the grammar asks for it. */
export function property(metric: string): string {
  return `Metrics."${metric.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

export function usePast(metric: string) {
  return useQuery({
    queryKey: ["past", metric],
    queryFn: async ({ signal }): Promise<readonly Past[]> => {
      const column = `Metrics.${metric}`;
      const found = await table({ resource: "run", where: `exists ${property(metric)}`, sort: ["-CreationTime"], columns: [column, "CreationTime"], limit: MOST }, signal);
      const [values, times] = [found.columns[column] ?? [], found.columns["CreationTime"] ?? []];
      return found.names
        .map((name, at) => ({ name, made: Number(times[at]), value: values[at] }))
        .filter((one) => isNumeric(one.value))
        .map((one) => ({ ...one, value: Number(one.value) }))
        .reverse();
    },
  });
}

export function History({ metric, ideal, own }: { readonly metric: string; readonly ideal?: number; readonly own?: string }) {
  const found = usePast(metric);
  if (found.error !== null) return <Box color="text-status-error">{found.error.message}</Box>;
  if (found.data === undefined) return <Spinner />;
  if (found.data.length < 2) return <Box color="text-body-secondary">{own === undefined ? "Only one run" : "No other run"} has {metric} yet.</Box>;
  return <Points past={found.data} metric={metric} {...(ideal === undefined ? {} : { ideal })} {...(own === undefined ? {} : { own })} />;
}

function Points({ past, metric, ideal, own }: { readonly past: readonly Past[]; readonly metric: string; readonly ideal?: number; readonly own?: string }) {
  const finite = past.filter((one) => Number.isFinite(one.value));
  const all = [...finite.map((one) => one.value), ...(ideal === undefined ? [] : [ideal])];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const top = (value: number): number => 12 + (1 - (value - low) / (high - low || 1)) * (HEIGHT - 24);
  const left = (at: number): number => EDGE + 12 + (at / Math.max(1, finite.length - 1)) * (WIDTH - EDGE - 24);
  return (
    <svg className="report-svg" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="group" aria-label={`${metric} of ${finite.length} runs, from ${written(low)} to ${written(high)}`}>
      {[low, high].map((value, at) => (
        <g key={at}>
          <line className="report-grid" x1={EDGE} x2={WIDTH} y1={top(value)} y2={top(value)} />
          <text x={EDGE - 4} y={top(value) + 4} textAnchor="end">{written(value)}</text>
        </g>
      ))}
      {ideal !== undefined && <line className="report-axis" strokeDasharray="4 3" x1={EDGE} x2={WIDTH} y1={top(ideal)} y2={top(ideal)} />}
      <polyline className="report-line" points={finite.map((one, at) => `${left(at)},${top(one.value)}`).join(" ")} />
      {finite.map((one, at) => (
        <a key={one.name} href={link(["runs", one.name], { tab: "bias" })} aria-label={`${one.name}: ${written(one.value)}`}>
          <circle className={one.name === own ? "report-point is-own" : "report-point"} cx={left(at)} cy={top(one.value)} r={one.name === own ? 6 : 4}>
            <title>{`${one.name}: ${written(one.value)}`}</title>
          </circle>
        </a>
      ))}
    </svg>
  );
}
