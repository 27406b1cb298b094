/** Series on one grid, in the binary layout of `wire/view.py`. */
import { own, send } from "@/api/client";

export interface SeriesQuery {
  readonly run: string;
  readonly metric: string;
}

export type Axis = "step" | "time" | "relative" | "axis" | `metric:${string}`;

export interface ViewRequest {
  readonly queries: readonly SeriesQuery[];
  readonly x?: Axis;
  readonly from?: number;
  readonly to?: number;
  readonly buckets?: number;
}

/** One series; `count` 0 means that there is no point, else a NaN is a value that was logged. In a raw view `last`,
 * `min` and `max` are the same array. */
export interface Column {
  readonly run: string;
  readonly metric: string;
  readonly points: number;
  readonly error: string | undefined;
  readonly last: Float32Array | Float64Array;
  readonly min: Float32Array | Float64Array;
  readonly max: Float32Array | Float64Array;
  readonly count: Uint32Array;
  /** How many points of each bucket are NaN; undefined where none is, and in a raw view. */
  readonly nan?: Uint32Array | undefined;
}

export interface View {
  readonly mode: "raw" | "buckets";
  readonly rev: number;
  /** Where events go on from this view. */
  readonly cursor: string;
  readonly x: Float64Array;
  readonly series: readonly Column[];
}

/** One point with all that is known of it; `since` is in seconds from its run's start. */
export interface Point {
  readonly step: number | null;
  readonly time: number;
  readonly since: number;
  /** JSON's missing numbers are texts. */
  readonly value: number | "NaN" | "Infinity" | "-Infinity";
}

/** Give the last point of a series from `low` to `high` on an axis; both ends count. */
export async function pointOf(query: SeriesQuery, x: Axis, low: number, high: number | undefined, signal?: AbortSignal): Promise<Point | undefined> {
  const told = await own<{ readonly point: Point | null }>("point", { ...query, x, low, ...(high === undefined ? {} : { high }) }, signal);
  return told.point ?? undefined;
}

interface Head {
  readonly mode: "raw" | "buckets";
  readonly rev: number;
  readonly cursor: string;
  readonly n: number;
  readonly series: readonly { readonly run: string; readonly metric: string; readonly count: number; readonly error?: string; readonly nan?: { readonly at: readonly number[]; readonly count: readonly number[] } }[];
}

export async function view(request: ViewRequest, signal?: AbortSignal): Promise<View> {
  const answer = await send("POST", "v1/view", JSON.stringify(request), undefined, signal);
  return decode(await answer.arrayBuffer());
}

export function decode(bytes: ArrayBuffer): View {
  const size = new DataView(bytes).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 8, size))) as Head;
  const { n } = head;
  let at = 8 + size;
  const x = new Float64Array(bytes, at, n);
  at += 8 * n;
  const series = head.series.map((told): Column => {
    const named = { run: told.run, metric: told.metric, points: told.count, error: told.error };
    if (head.mode === "raw") {
      const value = new Float64Array(bytes, at, n);
      const count = new Uint32Array(bytes, at + 8 * n, n);
      at += 12 * n + 4 * (n % 2);
      return { ...named, last: value, min: value, max: value, count };
    }
    const [last, min, max] = [0, 1, 2].map((place) => new Float32Array(bytes, at + 4 * n * place, n)) as [Float32Array, Float32Array, Float32Array];
    const count = new Uint32Array(bytes, at + 12 * n, n);
    at += 16 * n;
    return { ...named, last, min, max, count, nan: told.nan === undefined ? undefined : dense(told.nan, n) };
  });
  return { mode: head.mode, rev: head.rev, cursor: head.cursor, x, series };
}

function dense({ at, count }: { readonly at: readonly number[]; readonly count: readonly number[] }, n: number): Uint32Array {
  const made = new Uint32Array(n);
  at.forEach((place, index) => (made[place] = count[index]!));
  return made;
}
