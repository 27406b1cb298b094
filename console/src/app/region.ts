/** The region that is shown, which this browser remembers; the server's own until one is chosen. */
import { place } from "@/api/client";

const REGION = "trialbook-region";

place.region = localStorage.getItem(REGION) ?? undefined;

export function region(): string | undefined {
  return place.region;
}

export function chooseRegion(name: string): void {
  localStorage.setItem(REGION, name);
  place.region = name;
}
