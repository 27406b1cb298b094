/** Columns of values as axes: numbers by their size, texts by their order. */
import type { Cell, Type } from "@/api/own";
import { show } from "@/query/show";

export interface Column {
  readonly name: string;
  readonly type: Type;
  readonly cells: readonly Cell[];
}

export interface PlotAxis {
  readonly name: string;
  readonly type: Type;
  /** From 0 (bottom, left) to 1; NaN where a record has no value. */
  readonly at: Float64Array;
  /** Where ticks are, with their texts. */
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
  /** Give the number at a share of the axis; undefined for texts. */
  readonly valueAt: ((share: number) => number) | undefined;
}

const MOST_TEXTS = 40;

export function axisOf(column: Column, log = false): PlotAxis {
  const { name, type, cells } = column;
  const numbers = cells.map((one) => (typeof one === "number" ? one : Number.NaN));
  const known = numbers.filter((one) => Number.isFinite(one) && (!log || one > 0));
  if (known.length > 0 && (type === "number" || type === "time" || cells.every((one) => one === null || typeof one === "number"))) {
    let [low, high] = known.reduce(([least, most], one) => [Math.min(least, one), Math.max(most, one)], [Infinity, -Infinity]);
    if (low === high) [low, high] = log ? [low / 2, high * 2] : [low - 0.5, high + 0.5];
    const [first, last] = log ? [Math.log(low), Math.log(high)] : [low, high];
    const share = (value: number): number => ((log ? Math.log(value) : value) - first) / (last - first);
    const valueAt = (at: number): number => (log ? Math.exp(first + at * (last - first)) : first + at * (last - first));
    const ticks = [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, text: show(Number(valueAt(at).toPrecision(4)), type) }));
    return { name, type, at: Float64Array.from(numbers, (one) => (Number.isFinite(one) && (!log || one > 0) ? share(one) : Number.NaN)), ticks, valueAt };
  }
  const texts = [...new Set(cells.filter((one) => one !== null).map((one) => show(one, type)))].sort((one, two) => one.localeCompare(two, undefined, { numeric: true }));
  const place = new Map(texts.map((text, at) => [text, texts.length === 1 ? 0.5 : at / (texts.length - 1)]));
  const every = Math.ceil(texts.length / MOST_TEXTS);
  return {
    name,
    type,
    at: Float64Array.from(cells, (one) => (one === null ? Number.NaN : place.get(show(one, type))!)),
    ticks: texts.filter((_, at) => at % every === 0).map((text) => ({ at: place.get(text)!, text })),
    valueAt: undefined,
  };
}

/** From blue over grey to orange: told apart without red and green. */
export function shade(share: number): string {
  if (!Number.isFinite(share)) return "rgb(140, 140, 140)";
  const stops = [
    [50, 130, 220],
    [120, 160, 190],
    [220, 120, 20],
  ] as const;
  const at = Math.min(0.999, Math.max(0, share)) * (stops.length - 1);
  const [one, two] = [stops[Math.floor(at)]!, stops[Math.floor(at) + 1]!];
  const rest = at % 1;
  return `rgb(${one.map((value, index) => Math.round(value + (two[index]! - value) * rest)).join(", ")})`;
}
