/** Colours of lines: told apart by people who do not see all colours alike (Paul Tol's "bright" set with orange and
 * teal), legible in both modes, and the same for a run wherever it is drawn. */

export const PALETTE = ["#4477aa", "#ee6677", "#228833", "#ee7733", "#66ccee", "#aa3377", "#ccbb44", "#009988"] as const;
const DASHES: readonly (readonly number[])[] = [[], [8, 4], [2, 3], [8, 3, 2, 3]];

export interface Stroke {
  readonly colour: string;
  readonly dash: readonly number[];
}

/** Give each name a stroke: its own by hash, and the next free one where two of the shown ones would be the same. */
export function strokes(names: readonly string[]): ReadonlyMap<string, Stroke> {
  const taken = new Map<string, Stroke>();
  const free = new Set<number>();
  for (const name of [...new Set(names)].sort()) {
    if (free.size === 0) for (let at = 0; at < PALETTE.length; at += 1) free.add(at);
    let at = hash(name) % PALETTE.length;
    while (!free.has(at)) at = (at + 1) % PALETTE.length;
    free.delete(at);
    const round = Math.floor(taken.size / PALETTE.length);
    taken.set(name, { colour: PALETTE[at]!, dash: DASHES[round % DASHES.length]! });
  }
  return taken;
}

function hash(text: string): number {
  let sum = 2166136261;
  for (let at = 0; at < text.length; at += 1) sum = Math.imul(sum ^ text.charCodeAt(at), 16777619);
  return sum >>> 0;
}
