/** The wheel over a chart: with Ctrl (or Command) it zooms at the pointer, with Shift it moves along the axis. Without
 * them it scrolls the page, as everywhere. */
import type uPlot from "uplot";

type Range = readonly [number, number];

/** How far a notch of a wheel (100 pixels) zooms: a fifth. */
const ZOOM = 0.0022;

/** Give the pixels of a plotting area, `width` wide, that a turn of the wheel at `place` makes its ends. */
export function turned(place: number, width: number, by: number, move: boolean): Range {
  if (move) return [by / 2, width + by / 2];
  const size = Math.exp(Math.max(-1, Math.min(1, by * ZOOM)));
  return [place - place * size, place + (width - place) * size];
}

/** Keep a range within the whole axis; undefined where it covers all of it. */
export function within([low, high]: Range, whole: Range | undefined): Range | undefined {
  if (whole === undefined) return [low, high];
  const [first, last] = whole;
  if (high - low >= last - first) return undefined;
  if (low < first) return [first, first + (high - low)];
  return high > last ? [last - (high - low), last] : [low, high];
}

/** Zoom and move a chart by the wheel; gives a function that ends it. */
export function onWheel(u: uPlot, whole: () => Range | undefined, onZoom: (range: Range | undefined) => void): () => void {
  const turn = (event: WheelEvent): void => {
    const zooms = event.ctrlKey || event.metaKey;
    if (!zooms && !event.shiftKey) return;
    event.preventDefault();
    const [left, right] = turned(event.clientX - u.over.getBoundingClientRect().left, u.over.clientWidth, zooms ? event.deltaY : event.deltaX || event.deltaY, !zooms);
    const range = [u.posToVal(left, "x"), u.posToVal(right, "x")] as const;
    if (range.every(Number.isFinite) && range[0] < range[1]) onZoom(within(range, whole()));
  };
  u.over.addEventListener("wheel", turn, { passive: false });
  return () => u.over.removeEventListener("wheel", turn);
}
