/** How all charts of a page are drawn, in its address. */
import { useSyncExternalStore } from "react";
import type { Axis } from "@/api/view";
import { change, link, parse } from "@/app/router";

export interface ChartSettings {
  readonly x: Axis;
  /** From 0 to 0.99. */
  readonly smooth: number;
  readonly logX: boolean;
  readonly logY: boolean;
  readonly outliers: boolean;
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

const ZOOM = "trialbook-zoom";
const ONE_STEP = 400;
let zoomed = 0;

/** Keep a zoom in the address without drawing the page anew: only charts follow it. Each is a step of the browser's
 * history; those that `goes on` at once, as those of a wheel do, are one step together. */
export function writeZoom(range: readonly [number, number] | undefined, goesOn = false): void {
  const now = parse(window.location.hash);
  const [from, to] = range ?? [undefined, undefined];
  const shown = { from: from === undefined ? undefined : String(from), to: to === undefined ? undefined : String(to) };
  const hash = link(now.path, { ...Object.fromEntries(now.params), ...shown });
  if (hash === window.location.hash) return;
  const moment = Date.now();
  if (goesOn && moment - zoomed < ONE_STEP) window.history.replaceState(null, "", hash);
  else window.history.pushState(null, "", hash);
  zoomed = moment;
  window.dispatchEvent(new Event(ZOOM));
}

function onZoom(listener: () => void): () => void {
  for (const name of [ZOOM, "hashchange", "popstate"]) window.addEventListener(name, listener);
  return () => {
    for (const name of [ZOOM, "hashchange", "popstate"]) window.removeEventListener(name, listener);
  };
}

/** The part of the axis that is shown, of all charts: from and to, undefined for its ends. */
export function useZoom(): readonly [number | undefined, number | undefined] {
  const from = useSyncExternalStore(onZoom, () => number(parse(window.location.hash).params.get("from")));
  const to = useSyncExternalStore(onZoom, () => number(parse(window.location.hash).params.get("to")));
  return [from, to];
}

function number(text: string | null): number | undefined {
  const value = text === null || text === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}
