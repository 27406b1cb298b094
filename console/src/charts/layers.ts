/** What a line chart draws beside its lines: bands of least and greatest, raw lines behind smoothed ones, marks for
 * what is no number, and the tip at the pointer. */
import uPlot from "uplot";
import type { Axis } from "@/api/view";
import { prepared } from "@/charts/canvas";
import type { Stroke } from "@/charts/colours";
import { oddText, type Line, type Odd, type Plot } from "@/charts/plot";
import type { Value } from "@/charts/smooth";
import { placeText } from "@/charts/ticks";
import { rangeAt, valueText, type AskPoint, type Asking } from "@/charts/whole-point";
import { showNumber } from "@/query/show";

const MOST_IN_TIP = 8;

export function bandsAndRaw(u: uPlot, plot: Plot, few: boolean): void {
  if (!few) return;
  clipped(u, (context) => {
    plot.lines.forEach((line, at) => {
      const colour = strokeOf(u, at + 1);
      if (line.low !== undefined) band(u, context, plot, line, colour);
      if (line.raw !== line.value) path(u, context, plot, line.raw, colour);
    });
  });
}

/** Where each sign stands: its text and the tick that points at its place, from the top or, below zero, the bottom. */
const SIGNS: Record<Odd, { readonly text: string; readonly row: number; readonly tick: number }> = {
  NaN: { text: "NaN", row: 12, tick: 15 },
  Infinity: { text: "▲∞", row: 32, tick: 35 },
  "-Infinity": { text: "▼∞", row: -3, tick: -21 },
};
const SIGN_WIDTH = 26;

/** Draw a sign where a value that is no number fell: a tick for each place, and a text where there is room for it. */
export function marks(u: uPlot, plot: Plot): void {
  if (plot.lines.every((line) => line.marks.length === 0)) return;
  const drawn: Record<Odd, Set<number>> = { NaN: new Set(), Infinity: new Set(), "-Infinity": new Set() };
  clipped(u, (context) => {
    const scale = devicePixelRatio;
    const from = (row: number): number => u.bbox.top + (row < 0 ? u.bbox.height : 0) + row * scale;
    context.font = `bold ${12 * scale}px sans-serif`;
    context.textAlign = "center";
    context.globalAlpha = 1;
    plot.lines.forEach((line, at) => {
      context.fillStyle = strokeOf(u, at + 1);
      const written: Record<Odd, number> = { NaN: -Infinity, Infinity: -Infinity, "-Infinity": -Infinity };
      for (const { at: place, what } of line.marks) {
        const left = Math.round(u.valToPos(plot.x[place]!, "x", true));
        if (left < u.bbox.left || left > u.bbox.left + u.bbox.width || drawn[what].has(left)) continue;
        drawn[what].add(left);
        const { text: sign, row, tick } = SIGNS[what];
        context.fillRect(left - scale / 2, from(tick), scale, 6 * scale);
        if (left - written[what] < SIGN_WIDTH * scale) continue;
        written[what] = left;
        context.fillText(sign, left, from(row));
      }
    });
  });
}

/** Draw one line again over the others, thick: cheaper than to draw all others faint. */
export function spotlight(u: uPlot, canvas: HTMLCanvasElement, plot: Plot, at: number): void {
  const context = prepared(canvas, u.over.clientWidth, u.over.clientHeight);
  const line = plot.lines[at];
  if (line === undefined) return;
  context.strokeStyle = strokeOf(u, at + 1);
  context.lineWidth = 3;
  context.beginPath();
  let down = false;
  line.value.forEach((value, place) => {
    if (value === null) down = false;
    if (typeof value !== "number") return;
    const [left, top] = [u.valToPos(plot.x[place]!, "x"), u.valToPos(value, "y")];
    if (down) context.lineTo(left, top);
    else context.moveTo(left, top);
    down = true;
  });
  context.stroke();
}

interface Shown {
  readonly plot: Plot;
  readonly x: Axis;
  readonly strokes: ReadonlyMap<string, Stroke>;
  readonly nameOf?: (run: string, metric: string) => string;
  /** Asks for what the axis does not say; undefined where lines are not series. */
  readonly askPoint?: AskPoint | undefined;
}

/** Fill the tip: the place, and the lines nearest to the pointer with their values. */
export function tip(u: uPlot, element: HTMLElement, shown: Shown, asking: Asking): void {
  const { plot, x, nameOf, askPoint } = shown;
  const { left = -1, top = -1, idx, idxs } = u.cursor;
  if (left < 0 || idx === null || idx === undefined) {
    element.hidden = true;
    asking.stop();
    return;
  }
  const rows = plot.lines
    .map((line, at) => ({ line, at, place: idxs?.[at + 1] ?? idx, odd: oddText(line, idx) }))
    .map((row) => ({ ...row, value: row.line.value[row.place] }))
    .filter((row) => typeof row.value === "number" || row.odd !== undefined)
    .map((row) => ({ ...row, off: typeof row.value === "number" ? Math.abs(u.valToPos(row.value, "y") - top) : 0 }))
    .sort((one, two) => one.off - two.off);
  const made = [text("div", placeText(x, plot.x[idx]!, plot.exact), "chart-tip-place")];
  for (const row of rows.slice(0, MOST_IN_TIP)) {
    const item = text("div", "", "chart-tip-row");
    const sign = text("span", "", "chart-sign");
    sign.style.background = strokeOf(u, row.at + 1);
    const known = typeof row.value === "number" ? valueText(row.value, row.line.raw[row.place], plot.exact === true) : undefined;
    const value = [known, row.odd].filter((one) => one !== undefined).join(", ");
    const band = row.line.low === undefined ? "" : bandText(row.line, row.place);
    item.append(sign, text("span", nameOf?.(row.line.run, row.line.metric) ?? row.line.run, "chart-tip-name"), text("span", `${value}${band}`, "chart-tip-value"));
    made.push(item);
  }
  if (rows.length > MOST_IN_TIP) made.push(text("div", `and ${rows.length - MOST_IN_TIP} more`, "chart-tip-place"));
  const [first] = rows;
  // Charts that only follow the pointer of another one do not ask.
  if (askPoint !== undefined && first !== undefined && u.over.matches(":hover")) {
    const { run, metric } = first.line;
    const range = rangeAt(plot.x, first.place, plot.exact === true);
    const told = asking.want(askPoint, { run, metric }, x, range, () => tip(u, element, shown, asking));
    if (told !== undefined) {
      const whose = rows.length > 1 ? `${nameOf?.(run, metric) ?? run}: ` : "";
      made.push(...told.map((one, at) => text("div", at === 0 ? `${whose}${one}` : one, "chart-tip-place chart-tip-whole")));
    }
  }
  element.replaceChildren(...made);
  element.hidden = false;
  const right = left > u.over.clientWidth / 2;
  element.style.left = right ? "" : `${u.over.offsetLeft + left + 12}px`;
  element.style.right = right ? `${u.root.clientWidth - u.over.offsetLeft - left + 12}px` : "";
}

function bandText(line: Line, at: number): string {
  const [low, high] = [line.low?.[at], line.high?.[at]];
  return typeof low === "number" && typeof high === "number" && low !== high ? ` (${showNumber(low)} … ${showNumber(high)})` : "";
}

function text(tag: string, content: string, name: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = content;
  return made;
}

function strokeOf(u: uPlot, at: number): string {
  const { stroke } = u.series[at] ?? {};
  return typeof stroke === "function" ? String(stroke(u, at)) : String(stroke ?? "gray");
}

function clipped(u: uPlot, draw: (context: CanvasRenderingContext2D) => void): void {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  draw(ctx);
  ctx.restore();
}

function band(u: uPlot, context: CanvasRenderingContext2D, plot: Plot, line: Line, colour: string): void {
  context.fillStyle = colour;
  context.globalAlpha = 0.18;
  context.beginPath();
  let places: number[] = [];
  const close = (): void => {
    places.forEach((at, order) => context[order === 0 ? "moveTo" : "lineTo"](u.valToPos(plot.x[at]!, "x", true), u.valToPos(line.high![at]!, "y", true)));
    for (const at of places.reverse()) context.lineTo(u.valToPos(plot.x[at]!, "x", true), u.valToPos(line.low![at]!, "y", true));
    places = [];
  };
  for (let at = 0; at < plot.x.length; at += 1) {
    if (typeof line.low![at] === "number" && typeof line.high![at] === "number") places.push(at);
    else if (line.raw[at] === null) close();
  }
  close();
  context.fill();
}

function path(u: uPlot, context: CanvasRenderingContext2D, plot: Plot, values: readonly Value[], colour: string): void {
  context.strokeStyle = colour;
  context.globalAlpha = 0.35;
  context.lineWidth = 1;
  context.beginPath();
  let down = false;
  values.forEach((value, at) => {
    if (value === null) down = false;
    if (typeof value !== "number") return;
    const [left, top] = [u.valToPos(plot.x[at]!, "x", true), u.valToPos(value, "y", true)];
    if (down) context.lineTo(left, top);
    else context.moveTo(left, top);
    down = true;
  });
  context.stroke();
}
