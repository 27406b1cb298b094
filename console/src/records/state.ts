/** What a search page shows, in its address: so a link, a reload and the back button give the same page. */
import { change } from "@/app/router";
import { decode, encode, toText, type Group } from "@/query/filter";
import { kindOf, type Kind } from "@/records/kinds";

export const SIZES = [20, 50, 100] as const;
export const MOST_PINNED = 4;

export interface State {
  readonly kind: Kind;
  readonly filter: Group;
  /** A text of the grammar, beside the filter. */
  readonly text: string;
  readonly sort: string;
  readonly columns: readonly string[];
  readonly page: number;
  readonly size: number;
  /** Columns at the left that stay while the others scroll. */
  readonly pinned: number;
  /** Whether conditions are written as tokens or as text. */
  readonly mode: "filter" | "text";
}

export function readState(params: URLSearchParams, fixed?: Kind): State {
  const kind = fixed ?? kindOf(params.get("resource"));
  const columns = params.get("cols");
  const size = Number(params.get("size") ?? remembered("size") ?? 50);
  return {
    kind,
    filter: decode(params.get("f")),
    text: params.get("q") ?? "",
    sort: params.get("sort") ?? kind.sort ?? "",
    columns: columns === null ? (rememberedColumns(kind) ?? kind.columns) : columns.split(",").filter((one) => one !== "").map(decodeURIComponent),
    page: Math.max(1, Number.parseInt(params.get("page") ?? "1", 10) || 1),
    size: SIZES.includes(size as (typeof SIZES)[number]) ? size : 50,
    pinned: Math.min(MOST_PINNED, Math.max(0, Number(params.get("pin") ?? remembered("pin") ?? 1) || 0)),
    mode: params.get("mode") === "text" || (params.get("q") ?? "") !== "" ? "text" : "filter",
  };
}

export function writeFilter(filter: Group): void {
  change({ f: encode(filter), page: undefined });
}

export function writeText(text: string): void {
  change({ q: text, page: undefined });
}

export function writeSort(sort: string): void {
  change({ sort, page: undefined });
}

export function writePage(page: number): void {
  change({ page: page === 1 ? undefined : String(page) });
}

export function writeKind(resource: string): void {
  change({ resource, f: undefined, q: undefined, sort: undefined, cols: undefined, page: undefined, mode: undefined, group: undefined, by: undefined, agg: undefined, gsort: undefined });
}

/** Keep columns and page size in the address, and in this browser for the next visit. */
export function writeView(kind: Kind, columns: readonly string[], size: number, pinned?: number): void {
  remember(`columns:${kind.memory ?? kind.resource}`, JSON.stringify(columns));
  remember("size", String(size));
  if (pinned !== undefined) remember("pin", String(pinned));
  const pin = pinned === undefined ? {} : { pin: String(pinned) };
  change({ cols: columns.map(encodeURIComponent).join(","), size: String(size), page: undefined, ...pin }, "replace");
}

/** The text of the grammar that finds what the page shows. */
export function whereOf(state: Pick<State, "filter" | "text">, pinned = ""): string {
  const parts = [pinned, toText(state.filter), state.text].map((one) => one.trim()).filter((one) => one !== "");
  return parts.length === 1 ? parts[0]! : parts.map((one) => `(${one})`).join(" and ");
}

function remembered(name: string): string | null {
  return localStorage.getItem(`trialbook-${name}`);
}

function remember(name: string, value: string): void {
  localStorage.setItem(`trialbook-${name}`, value);
}

function rememberedColumns(kind: Kind): readonly string[] | undefined {
  try {
    const told: unknown = JSON.parse(remembered(`columns:${kind.memory ?? kind.resource}`) ?? "null");
    return Array.isArray(told) && told.every((one) => typeof one === "string") ? told : undefined;
  } catch {
    return undefined;
  }
}

/** Change the columns; what is sorted by a column that went is sorted by none. */
export function writeColumns(state: State, columns: readonly string[]): void {
  writeView(state.kind, columns, state.size);
}

/** Write the filter's tokens as text, to go on from there. */
export function toTextMode(state: State): void {
  change({ mode: "text", q: whereOf(state), f: undefined, page: undefined });
}

export function toFilterMode(): void {
  change({ mode: undefined, q: undefined, page: undefined });
}
