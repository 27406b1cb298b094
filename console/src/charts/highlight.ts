/** Which run is pointed at, in any chart or row: all of them show it. */
import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
let now: string | undefined;

export function highlight(run: string | undefined): void {
  if (run === now) return;
  now = run;
  for (const listener of listeners) listener();
}

export function highlighted(): string | undefined {
  return now;
}

export function onHighlight(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useHighlighted(): string | undefined {
  return useSyncExternalStore(onHighlight, highlighted);
}

/** Say whether one run is pointed at: only those that begin or end to be are drawn anew. */
export function useIsHighlighted(run: string): boolean {
  return useSyncExternalStore(onHighlight, () => now === run);
}
