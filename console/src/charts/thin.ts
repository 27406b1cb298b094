/** Paths of many lines: each bucket by its least and greatest value, so that no spike is lost however thin the line.
 *
 * A bucket is two corners, the nearer one first, where its range is more than a pixel high, else one: a curve that is
 * smooth costs no more than its last values would. Places of the grid are turned into pixels once for all lines. */
import uPlot from "uplot";
import type { Plot } from "@/charts/plot";
import type { Value } from "@/charts/smooth";

/** The pixels of places, of one drawing of one chart. */
interface Places {
  readonly plot: Plot;
  readonly key: string;
  readonly left: Float64Array;
}

const places = new WeakMap<uPlot, Places>();

function placesOf(u: uPlot, plot: Plot): Float64Array {
  const { min, max } = u.scales["x"]!;
  const key = `${min} ${max} ${u.bbox.left} ${u.bbox.width}`;
  const held = places.get(u);
  if (held?.plot === plot && held.key === key) return held.left;
  const left = Float64Array.from(plot.x, (x) => u.valToPos(x, "x", true));
  places.set(u, { plot, key, left });
  return left;
}

/** Give a function from values to pixels of the y axis. */
function heights(u: uPlot, log: boolean): (value: number) => number {
  if (log) return (value) => u.valToPos(value, "y", true);
  const { min, max } = u.scales["y"]!;
  const scale = u.bbox.height / (max! - min!);
  const floor = u.bbox.top + u.bbox.height + min! * scale;
  return (value) => floor - value * scale;
}

type Corner = (left: number, top: number, begins: boolean) => void;

/** Walk along a line from one place to another, corner by corner; `begins` says that the line was broken before it. */
export function corners(value: readonly Value[], low: readonly Value[] | undefined, high: readonly Value[] | undefined, left: Float64Array, top: (value: number) => number, range: readonly [number, number], corner: Corner): void {
  let before = Number.NaN;
  for (let at = range[0]; at <= range[1]; at += 1) {
    const one = value[at];
    const most = high?.[at];
    // A logarithmic axis has no place for a least value of zero or below.
    const least = low?.[at] ?? (typeof most === "number" ? one : undefined);
    const begins = Number.isNaN(before);
    if (typeof least === "number" && typeof most === "number") {
      const [floor, roof] = [top(least), top(most)];
      if (floor - roof > 1) {
        const up = begins || Math.abs(before - floor) <= Math.abs(before - roof);
        corner(left[at]!, up ? floor : roof, begins);
        corner(left[at]!, up ? roof : floor, false);
        before = one === null ? Number.NaN : up ? roof : floor;
        continue;
      }
    }
    if (typeof one === "number") {
      before = top(one);
      corner(left[at]!, before, begins);
    } else if (one === null) before = Number.NaN;
  }
}

/** Give uPlot's builder of paths for the lines of a plot, which may change. */
export function thinPaths(plotNow: () => Plot, log: boolean): uPlot.Series.PathBuilder {
  return (u, series, first, last) => {
    const plot = plotNow();
    const line = plot.lines[series - 1];
    const stroke = new Path2D();
    if (line === undefined) return { stroke };
    // A smoothed line is asked for without its spikes.
    const ranged = line.value === line.raw;
    corners(line.value, ranged ? line.low : undefined, ranged ? line.high : undefined, placesOf(u, plot), heights(u, log), [first, last], (left, top, begins) => {
      if (begins) stroke.moveTo(left, top);
      else stroke.lineTo(left, top);
    });
    return { stroke };
  };
}
