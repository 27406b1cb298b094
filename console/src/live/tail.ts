/** Points that came since a view was read, on the view's grid: a point in a bucket widens it, others get places. */
import type { Column, View } from "@/api/view";

export interface Tail {
  readonly x: number[];
  readonly y: number[];
  /** Places of points that the view may have already: they are drawn, which changes nothing then, but not counted. */
  readonly doubtful?: Set<number>;
}

/** Say how far a view or an event came: the store's position in its cursor. */
export function positionOf(cursor: string): number {
  try {
    const told: unknown = JSON.parse(atob(cursor.replaceAll("-", "+").replaceAll("_", "/")));
    return Array.isArray(told) && typeof told[2] === "number" ? told[2] : 0;
  } catch {
    return 0;
  }
}

/** Give the greatest x at which each series of a view has a point. */
export function lastX(view: View, at: number): number {
  const { count } = view.series[at]!;
  for (let place = count.length - 1; place >= 0; place -= 1) if (count[place]! > 0) return view.x[place]!;
  return -Infinity;
}

/** Put the tails (one for each series of the view, undefined for none) onto it. */
export function extended(view: View, tails: readonly (Tail | undefined)[]): View {
  const end = view.mode === "buckets" ? (view.x.at(-1) ?? -Infinity) : -Infinity;
  const more = new Set<number>();
  const known = new Set(view.mode === "raw" ? view.x : []);
  for (const tail of tails) for (const x of tail?.x ?? []) if (view.mode === "raw" ? !known.has(x) : x > end) more.add(x);
  const x = Float64Array.from([...view.x, ...more]).sort();
  const moved = view.mode === "raw" && more.size > 0 ? placesOf(view.x, x) : undefined;
  const series = view.series.map((column, at) => extend(column, tails[at], x, moved, view.mode));
  return { ...view, x, series };
}

function placesOf(old: Float64Array, now: Float64Array): number[] {
  let at = 0;
  return Array.from(old, (one) => {
    while (now[at]! < one) at += 1;
    at += 1;
    return at - 1;
  });
}

function extend(column: Column, tail: Tail | undefined, x: Float64Array, moved: readonly number[] | undefined, mode: View["mode"]): Column {
  const n = x.length;
  const grown = (old: Float32Array | Float64Array): Float64Array => {
    const made = new Float64Array(n).fill(Number.NaN);
    if (moved === undefined) made.set(old);
    else moved.forEach((to, from) => (made[to] = old[from]!));
    return made;
  };
  const count = new Uint32Array(n);
  if (moved === undefined) count.set(column.count);
  else moved.forEach((to, from) => (count[to] = column.count[from]!));
  const last = grown(column.last);
  const [min, max] = mode === "raw" ? [last, last] : [grown(column.min), grown(column.max)];
  let { points } = column;
  let nan: Uint32Array | undefined;
  if (mode === "buckets" && (column.nan !== undefined || tail?.y.some(Number.isNaN) === true)) {
    nan = new Uint32Array(n);
    nan.set(column.nan ?? []);
  }
  tail?.x.forEach((at, index) => {
    const place = placeOf(x, at);
    const y = tail.y[index]!;
    last[place] = y;
    if (mode === "buckets") {
      if (count[place] === 0 || !(min[place]! <= y)) min[place] = y;
      if (count[place] === 0 || !(max[place]! >= y)) max[place] = y;
    }
    if (tail.doubtful?.has(index) === true) return;
    if (nan !== undefined && Number.isNaN(y)) nan[place]! += 1;
    count[place]! += 1;
    points += 1;
  });
  return { ...column, points, last, min, max, count, nan };
}

/** Give the last place whose x is at or before `wanted`. */
export function placeOf(x: Float64Array, wanted: number): number {
  let low = 0;
  let high = x.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (x[middle]! <= wanted) low = middle;
    else high = middle - 1;
  }
  return low;
}
