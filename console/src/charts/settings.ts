/** How all charts of a page are drawn, in its address. */
import type { Axis } from "@/api/view";
import { change } from "@/app/router";

export interface ChartSettings {
  readonly x: Axis;
  /** From 0 to 0.99. */
  readonly smooth: number;
  readonly logX: boolean;
  readonly logY: boolean;
  readonly outliers: boolean;
  /** The part of the axis that is shown, of all charts. */
  readonly from: number | undefined;
  readonly to: number | undefined;
}

export function readSettings(params: URLSearchParams): ChartSettings {
  const x = params.get("x") ?? "step";
  const smooth = Number(params.get("smooth") ?? 0);
  const log = params.get("log") ?? "";
  return {
    x: /^(step|time|relative|axis)$|^metric:./.test(x) ? (x as Axis) : "step",
    smooth: smooth > 0 && smooth < 1 ? smooth : 0,
    logX: log.includes("x") && x !== "time",
    logY: log.includes("y"),
    outliers: params.get("outliers") !== "ignore",
    from: number(params.get("from")),
    to: number(params.get("to")),
  };
}

export function writeAxis(x: Axis): void {
  change({ x: x === "step" ? undefined : x, from: undefined, to: undefined }, "replace");
}

export function writeSmooth(weight: number): void {
  change({ smooth: weight === 0 ? undefined : String(weight) }, "replace");
}

export function writeLog(logX: boolean, logY: boolean): void {
  change({ log: `${logX ? "x" : ""}${logY ? "y" : ""}` }, "replace");
}

export function writeOutliers(shown: boolean): void {
  change({ outliers: shown ? undefined : "ignore" }, "replace");
}

export function writeZoom(range: readonly [number, number] | undefined): void {
  change({ from: range === undefined ? undefined : String(range[0]), to: range === undefined ? undefined : String(range[1]) }, "replace");
}

function number(text: string | null): number | undefined {
  const value = text === null || text === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}
