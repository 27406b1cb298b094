/** Metric names: found by a part, a glob or a regular expression, and put together by their prefix. */
import { rankOf } from "@/query/metrics";

export interface NameGroup {
  /** `train` of `train/loss`; empty for names without one. */
  readonly prefix: string;
  readonly names: readonly string[];
}

/** Make a test of names. `*` and `?` are a glob over the whole name, `/.../` a regular expression, anything else a
 * part of the name without case. Gives undefined for a regular expression that is none. */
export function matcher(text: string): ((name: string) => boolean) | undefined {
  const wanted = text.trim();
  if (wanted === "") return () => true;
  const regular = /^\/(.+)\/(i?)$/.exec(wanted);
  if (regular !== null) {
    try {
      const made = new RegExp(regular[1]!, regular[2]);
      return (name) => made.test(name);
    } catch {
      return undefined;
    }
  }
  if (/[*?]/.test(wanted)) {
    const pattern = wanted.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`).replaceAll("*", ".*").replaceAll("?", ".");
    const made = new RegExp(`^${pattern}$`, "i");
    return (name) => made.test(name);
  }
  const part = wanted.toLowerCase();
  return (name) => name.toLowerCase().includes(part);
}

/** Say what comes before the first of `/`, `.` and `:`; empty where nothing does. */
export function prefixOf(name: string): string {
  const cut = name.search(/[/.:]/);
  return cut <= 0 ? "" : name.slice(0, cut);
}

const FEW = 12;

/** Put names together by prefix: pinned ones first as `Pinned`, then those without a prefix, then each prefix, those of
 * reports last. A few names are one group. */
export function grouped(names: readonly string[], pinned: ReadonlySet<string> = new Set()): NameGroup[] {
  const groups = new Map<string, string[]>();
  const few = names.length <= FEW;
  for (const name of names) {
    if (pinned.has(name)) continue;
    const prefix = few ? "" : prefixOf(name);
    const held = groups.get(prefix);
    if (held === undefined) groups.set(prefix, [name]);
    else held.push(name);
  }
  const order = new Intl.Collator(undefined, { numeric: true });
  const sorted = [...groups]
    .sort(([one, [first = ""]], [two, [other = ""]]) => rankOf(first) - rankOf(other) || order.compare(one, two))
    .map(([prefix, held]) => ({ prefix, names: held.sort(order.compare) }));
  const first = names.filter((name) => pinned.has(name));
  return first.length === 0 ? sorted : [{ prefix: "Pinned", names: first }, ...sorted];
}
