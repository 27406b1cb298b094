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

/** Write a place on the axis in full. */
export function placeText(x: Axis, value: number): string {
  if (x === "time") return showTime(value);
  if (x === "relative") return showDuration(value);
  return `${axisTitle(x)} ${showNumber(value)}`;
}

export function axisTitle(x: Axis): string {
  if (x.startsWith("metric:")) return x.slice("metric:".length);
  return { step: "step", time: "time", relative: "since the run's start", axis: "the run's own axis" }[x as "step"];
}
