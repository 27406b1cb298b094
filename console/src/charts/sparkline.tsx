/** A series as one small line, in a row of a table. */
import { useEffect, useState } from "react";
import type { View } from "@/api/view";
import { useView } from "@/live/use-view";

const WIDTH = 120;
const HEIGHT = 24;
const BUCKETS = 60;

/** Over steps; over time where no point has a step, as of metrics that are read from a job's log. */
export function Sparkline({ run, metric }: { readonly run: string; readonly metric: string }) {
  const [x, setX] = useState<"step" | "time">("step");
  const { view } = useView([{ run, metric }], { x, from: undefined, to: undefined, buckets: BUCKETS, lane: "course" });
  const none = view !== undefined && view.x.length === 0;
  useEffect(() => {
    if (none) setX("time");
  }, [none]);
  return (
    <svg width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`Course of ${metric}`}>
      {view !== undefined && <path d={course(view)} fill="none" stroke="currentColor" strokeWidth={1.2} />}
    </svg>
  );
}

/** Give an SVG path through the last values; what is no number breaks it. */
export function course(view: View): string {
  const column = view.series[0];
  if (column === undefined || view.x.length === 0) return "";
  const points: { readonly x: number; readonly y: number | undefined }[] = [];
  column.last.forEach((value, at) => {
    if (column.count[at]! > 0) points.push({ x: view.x[at]!, y: Number.isFinite(value) ? value : undefined });
  });
  const values = points.flatMap((one) => (one.y === undefined ? [] : [one.y]));
  if (values.length === 0) return "";
  const [left, right] = [points[0]!.x, points.at(-1)!.x];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  let down = false;
  return points
    .map(({ x, y }) => {
      if (y === undefined) {
        down = false;
        return "";
      }
      const place = `${(2 + ((x - left) / (right - left || 1)) * (WIDTH - 4)).toFixed(1)} ${(HEIGHT - 2 - ((y - low) / (high - low || 1)) * (HEIGHT - 4)).toFixed(1)}`;
      const step = down ? `L${place}` : points.length === 1 ? `M${place}h1` : `M${place}`;
      down = true;
      return step;
    })
    .join("");
}
