/** The region that is shown, which this browser remembers; the server's own until one is chosen. */
import { useSyncExternalStore } from "react";
import { place } from "@/api/client";

const REGION = "trialbook-region";
const listeners = new Set<() => void>();

place.region = localStorage.getItem(REGION) ?? undefined;

export function useRegion(): string | undefined {
  return useSyncExternalStore(subscribe, () => place.region);
}

export function chooseRegion(name: string): void {
  localStorage.setItem(REGION, name);
  place.region = name;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
