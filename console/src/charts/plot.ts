/** What a chart draws, made of a view: lines with bands, gaps, and marks where a value is no number.
 *
 * A place of the grid without a point of a series is no gap by itself: series on one grid have points at different
 * places. It is one when nothing came for much longer than is usual for that series. */
import type { Column, View } from "@/api/view";
import { smooth, type Value } from "@/charts/smooth";

export type Odd = "NaN" | "Infinity" | "-Infinity";

export interface Mark {
  readonly at: number;
  readonly what: Odd;
}

export interface Line {
  readonly run: string;
  readonly metric: string;
  /** As drawn: smoothed where that is asked for. */
  readonly value: readonly Value[];
  /** As logged; the same array as `value` without smoothing. */
  readonly raw: readonly Value[];
  /** Least and greatest of each bucket; undefined where each bucket is one point. */
  readonly low: readonly Value[] | undefined;
  readonly high: readonly Value[] | undefined;
  readonly marks: readonly Mark[];
}

export interface Plot {
  readonly x: readonly number[];
  readonly lines: readonly Line[];
  /** Each place is a point that was logged, with all its digits. */
  readonly exact?: boolean;
}

/** How many times its usual distance a hole must be to be drawn as one. */
const HOLE = 8;

export interface Shape {
  readonly smooth: number;
  readonly logX: boolean;
  readonly logY: boolean;
}

export function plotOf(view: Pick<View, "mode" | "x" | "series">, shape: Shape): Plot {
  const from = shape.logX ? firstAbove(view.x) : 0;
  const x = Array.from(view.x.subarray(from));
  return { x, exact: view.mode === "raw", lines: view.series.map((column) => lineOf(column, from, view.mode === "buckets", shape)) };
}

/** Smooth the lines of a plot, which keeps the raw ones. */
export function smoothed(plot: Plot, weight: number): Plot {
  return weight <= 0 ? plot : { ...plot, lines: plot.lines.map((line) => ({ ...line, value: smooth(line.raw, weight) })) };
}

function lineOf(column: Column, from: number, banded: boolean, shape: Shape): Line {
  const marks: Mark[] = [];
  const n = column.last.length - from;
  const raw: Value[] = Array.from({ length: n });
  const low: Value[] = Array.from({ length: n });
  const high: Value[] = Array.from({ length: n });
  const holes = gapsOf(column.count, from);
  for (let at = 0; at < n; at += 1) {
    const place = at + from;
    if (column.count[place] === 0) {
      if (holes.has(place)) raw[at] = null;
      continue;
    }
    const last = column.last[place]!;
    for (const what of oddities(column, place)) marks.push({ at, what });
    raw[at] = drawable(last, shape.logY);
    if (banded) {
      low[at] = drawable(column.min[place]!, shape.logY);
      high[at] = drawable(column.max[place]!, shape.logY);
    }
  }
  const value = shape.smooth > 0 ? smooth(raw, shape.smooth) : raw;
  const named = { run: column.run, metric: column.metric, value, raw, marks };
  return banded ? { ...named, low, high } : { ...named, low: undefined, high: undefined };
}

/** Name all that is no number among the points of a place, of whichever of them. */
function oddities(column: Column, at: number): Odd[] {
  const found: Odd[] = [];
  if (Number.isNaN(column.last[at]!) || (column.nan?.[at] ?? 0) > 0) found.push("NaN");
  if (column.max[at] === Infinity) found.push("Infinity");
  if (column.min[at] === -Infinity) found.push("-Infinity");
  return found;
}

/** Write what is no number at a place of a line; undefined where there is nothing of the kind. */
export function oddText(line: Line, at: number): string | undefined {
  const found = new Set(line.marks.filter((mark) => mark.at === at).map((mark) => mark.what));
  return found.size === 0 ? undefined : [...found].join(", ");
}

function drawable(value: number, log: boolean): number | null {
  return Number.isFinite(value) && (!log || value > 0) ? value : null;
}

/** Name the empty places that are gaps of a series: one for each hole is enough to break the line. */
export function gapsOf(count: Uint32Array, from = 0): ReadonlySet<number> {
  const steps: number[] = [];
  let before = -1;
  for (let at = from; at < count.length; at += 1) {
    if (count[at] === 0) continue;
    if (before >= 0) steps.push(at - before);
    before = at;
  }
  const gaps = new Set<number>();
  if (steps.length < 3) return gaps;
  const usual = [...steps].sort((one, two) => one - two)[Math.floor(steps.length / 2)]!;
  before = -1;
  for (let at = from; at < count.length; at += 1) {
    if (count[at] === 0) continue;
    if (before >= 0 && at - before > HOLE * usual) gaps.add(before + 1);
    before = at;
  }
  return gaps;
}

function firstAbove(x: Float64Array): number {
  const found = x.findIndex((one) => one > 0);
  return found < 0 ? x.length : found;
}

/** Give the share `q` of sorted numbers, between two of them by line. */
export function quantile(sorted: Float64Array, q: number): number {
  const place = q * (sorted.length - 1);
  const low = Math.floor(place);
  const rest = place - low;
  const one = sorted[low]!;
  return rest === 0 ? one : one * (1 - rest) + sorted[low + 1]! * rest;
}

/** Give the least and greatest value between two places, of all lines with their bands; `share` is left out at each
 * end (0.01 ignores outliers). */
export function rangeOf(plot: Plot, from: number, to: number, share: number): readonly [number, number] | undefined {
  if (share > 0) {
    const all: number[] = [];
    for (const line of plot.lines) for (let at = from; at <= to; at += 1) if (typeof line.raw[at] === "number") all.push(line.raw[at]!);
    if (all.length === 0) return undefined;
    const sorted = Float64Array.from(all).sort();
    return [quantile(sorted, share), quantile(sorted, 1 - share)];
  }
  let low = Infinity;
  let high = -Infinity;
  for (const line of plot.lines) {
    for (const values of line.low === undefined ? [line.raw] : [line.raw, line.low, line.high!]) {
      for (let at = from; at <= to; at += 1) {
        const one = values[at];
        if (typeof one !== "number") continue;
        if (one < low) low = one;
        if (one > high) high = one;
      }
    }
  }
  return low <= high ? [low, high] : undefined;
}
