/** One request for the charts that appear together: queries of the same axis, range and width share a grid.
 *
 * Series of unlike lengths go in lanes of their own: on the buckets of a long one a short one would lose its exact
 * steps. */
import { view, type SeriesQuery, type View, type ViewRequest } from "@/api/view";

const WAIT = 20;
const MOST = 200;

interface Asked {
  readonly queries: readonly SeriesQuery[];
  readonly resolve: (view: View) => void;
  readonly reject: (error: unknown) => void;
}

const waiting = new Map<string, Asked[]>();

/** Ask for series of one lane together. */
export function batched(request: ViewRequest, lane: string, ask: (request: ViewRequest) => Promise<View> = view): Promise<View> {
  const { queries, ...rest } = request;
  const key = JSON.stringify([rest.x, rest.from, rest.to, rest.buckets, lane]);
  return new Promise((resolve, reject) => {
    const told = { queries, resolve, reject };
    const held = waiting.get(key);
    if (held !== undefined) {
      held.push(told);
      return;
    }
    const all = [told];
    waiting.set(key, all);
    setTimeout(() => {
      waiting.delete(key);
      for (const part of parts(all)) void send(part, rest, ask);
    }, WAIT);
  });
}

function parts(all: readonly Asked[]): Asked[][] {
  const made: Asked[][] = [];
  let size = Infinity;
  for (const one of all) {
    if (size + one.queries.length > MOST) {
      made.push([]);
      size = 0;
    }
    made.at(-1)!.push(one);
    size += one.queries.length;
  }
  return made;
}

async function send(part: readonly Asked[], rest: Omit<ViewRequest, "queries">, ask: (request: ViewRequest) => Promise<View>): Promise<void> {
  try {
    const whole = await ask({ ...rest, queries: part.flatMap((one) => one.queries) });
    let at = 0;
    for (const one of part) {
      one.resolve(part.length === 1 ? whole : only(whole, at, at + one.queries.length));
      at += one.queries.length;
    }
  } catch (error) {
    for (const one of part) one.reject(error);
  }
}

/** Give some series of a view; the places of a raw grid that only others need are left out. */
export function only(whole: View, from: number, to: number): View {
  const series = whole.series.slice(from, to);
  if (whole.mode === "buckets") return { ...whole, series };
  const kept: number[] = [];
  for (let at = 0; at < whole.x.length; at += 1) if (series.some((one) => one.count[at]! > 0)) kept.push(at);
  if (kept.length === whole.x.length) return { ...whole, series };
  return {
    ...whole,
    x: Float64Array.from(kept, (at) => whole.x[at]!),
    series: series.map((one) => {
      const value = Float64Array.from(kept, (at) => one.last[at]!);
      return { ...one, last: value, min: value, max: value, count: Uint32Array.from(kept, (at) => one.count[at]!) };
    }),
  };
}
