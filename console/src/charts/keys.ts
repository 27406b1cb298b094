/** Charts by keys: arrows walk along the points and the tip says what is there, + and - zoom about the place, 0 shows
 * all again. What the tip says is also told to screen readers. */
import type { KeyboardEvent } from "react";
import type uPlot from "uplot";

const FAR = 10;

type Zoom = ((range: readonly [number, number] | undefined) => void) | undefined;

/** Do what a key says to a line chart. `told` is a live region, `tip` the chart's tip. */
export function chartKey(event: KeyboardEvent, chart: uPlot | undefined, tip: HTMLElement | null, told: HTMLElement | null, zoom: Zoom): void {
  if (chart === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
  const x = chart.data[0];
  if (x.length === 0) return;
  const at = chart.cursor.idx ?? undefined;
  const { min, max } = chart.scales["x"]!;
  const [low, high] = [min ?? x[0]!, max ?? x.at(-1)!];
  const first = Math.max(0, x.findIndex((one) => one >= low));
  const last = x.findLastIndex((one) => one <= high);
  const by = { ArrowRight: 1, ArrowLeft: -1, PageUp: -FAR, PageDown: FAR }[event.key];
  if (by !== undefined || event.key === "Home" || event.key === "End") {
    const next = by === undefined ? (event.key === "Home" ? first : last) : at === undefined ? first : at + by * (event.shiftKey ? FAR : 1);
    place(chart, Math.min(last, Math.max(first, next)));
    if (told !== null && tip !== null) told.textContent = [...tip.children].map(words).join(", ");
  } else if (event.key === "+" || event.key === "=" || event.key === "-") {
    const middle = at === undefined ? (low + high) / 2 : x[at]!;
    const share = event.key === "-" ? 2 : 0.5;
    const range = [Math.max(x[0]!, middle - (middle - low) * share), Math.min(x.at(-1)!, middle + (high - middle) * share)] as const;
    if (event.key === "-" && range[0] <= x[0]! && range[1] >= x.at(-1)!) zoom?.(undefined);
    else if (range[0] < range[1]) zoom?.(range);
  } else if (event.key === "0") zoom?.(undefined);
  else if (event.key === "Escape") leave(chart);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** Put the cursor on a point, on the first line that has a value there. */
function place(chart: uPlot, at: number): void {
  const value = chart.data.slice(1).map((line) => line[at]).find((one) => typeof one === "number");
  const top = typeof value === "number" ? chart.valToPos(value, "y") : chart.over.clientHeight / 2;
  chart.setCursor({ left: chart.valToPos(chart.data[0][at]!, "x"), top }, true);
}

/** Take the cursor off a chart. */
export function leave(chart: uPlot | undefined): void {
  chart?.setCursor({ left: -10, top: -10 }, true);
}

function words(one: Element): string {
  return one.childElementCount === 0 ? (one.textContent ?? "") : [...one.children].map((each) => each.textContent ?? "").filter((text) => text !== "").join(" ");
}
