/** Hash routes, `#/runs/my-run?tab=metrics`: they work below any prefix and behind notebook proxies. The hash is the
 * page's whole state, so a link, a reload and the back button give the same page. */
import { useSyncExternalStore } from "react";

export interface Location {
  /** Decoded segments: `#/runs/a%20b` is ["runs", "a b"]. */
  readonly path: readonly string[];
  readonly params: URLSearchParams;
}

export function parse(hash: string): Location {
  const text = hash.replace(/^#?\/?/, "");
  const cut = text.indexOf("?");
  const path = (cut < 0 ? text : text.slice(0, cut)).split("/").filter((part) => part !== "");
  return { path: path.map(decoded), params: new URLSearchParams(cut < 0 ? "" : text.slice(cut + 1)) };
}

/** Give the hash of a page; parameters that are undefined or empty are left out. */
export function link(path: readonly string[], params: Readonly<Record<string, string | undefined>> = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (value !== undefined && value !== "") query.set(name, value);
  const text = query.toString();
  return `#/${path.map(encodeURIComponent).join("/")}${text === "" ? "" : `?${text}`}`;
}

export function go(hash: string, how: "push" | "replace" = "push"): void {
  if (how === "push") {
    window.location.hash = hash;
    return;
  }
  window.history.replaceState(null, "", hash);
  window.dispatchEvent(new HashChangeEvent("hashchange"));
}

/** Change some parameters of the present page; undefined removes one. */
export function change(params: Readonly<Record<string, string | undefined>>, how: "push" | "replace" = "push"): void {
  const now = parse(window.location.hash);
  go(link(now.path, { ...Object.fromEntries(now.params), ...params }), how);
}

function subscribe(listener: () => void): () => void {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
}

export function useLocation(): Location {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  return parse(hash);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
