/** Numbers on axes, and what the axes are. */
import type { Axis } from "@/api/view";
import { showDuration, showNumber, showTime } from "@/query/show";

const UNITS: readonly (readonly [number, string])[] = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e4, "k"],
];

/** Write a tick; null ones are those that a log axis leaves out. */
export function axisText(x: Axis | "value", value: number | null): string {
  if (value === null) return "";
  if (x === "relative") return shortDuration(value);
  const size = Math.abs(value);
  for (const [unit, letter] of UNITS) {
    if (size >= unit) return `${Number((value / (letter === "k" ? 1e3 : unit)).toPrecision(4))}${letter}`;
  }
  return showNumber(value);
}

function shortDuration(seconds: number): string {
  const size = Math.abs(seconds);
  if (size < 60) return `${Number(seconds.toPrecision(3))}s`;
  if (size < 3600) return `${Number((seconds / 60).toFixed(1))}m`;
  return `${Number((seconds / 3600).toFixed(1))}h`;
}

/** Write the ticks of one axis: with the digits that tell one from the next, however far from zero they lie. */
export function tickTexts(x: Axis | "value", ticks: readonly (number | null)[]): string[] {
  const known = ticks.filter((one) => one !== null);
  const most = Math.max(...known.map(Math.abs));
  const step = Math.min(...known.slice(1).map((one, at) => Math.abs(one - known[at]!)));
  const digits = Math.ceil(Math.log10(most / step)) + 1;
  if (x === "relative" || !Number.isFinite(digits) || digits <= 4) return ticks.map((one) => axisText(x, one));
  return ticks.map((one) => (one === null ? "" : String(Number(one.toPrecision(Math.min(digits + 1, 17))))));
}

/** Write a place on the axis in full; `exact` is for the place of one point. */
export function placeText(x: Axis, value: number, exact = false): string {
  if (x === "time") return exact ? `${showTime(value)} (${value})` : showTime(value);
  if (x === "relative") return exact ? `${showDuration(value)} (${value} s)` : showDuration(value);
  return `${axisTitle(x)} ${exact ? value : showNumber(value)}`;
}

export function axisTitle(x: Axis): string {
  if (x.startsWith("metric:")) return x.slice("metric:".length);
  return { step: "step", time: "time", relative: "since the run's start", axis: "the run's own axis" }[x as "step"];
}
