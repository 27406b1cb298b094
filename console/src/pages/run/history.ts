/** Artifacts with their history: `samples` is the latest, `samples@10` that of step 10. */
import type { Artifact } from "@/pages/run/record";

export interface Version {
  readonly step: number | undefined;
  readonly uri: string;
  readonly type: string;
}

export interface Kept {
  readonly name: string;
  /** In order of steps; the last one is the latest. */
  readonly versions: readonly Version[];
}

export function withHistory(artifacts: Readonly<Record<string, Artifact>>): Kept[] {
  const kept = new Map<string, Version[]>();
  for (const [name, artifact] of Object.entries(artifacts)) {
    const [, base, step] = /^(.+)@(\d+)$/.exec(name) ?? [];
    const belongs = base !== undefined && base in artifacts;
    const version = { step: belongs ? Number(step) : undefined, uri: artifact.Value, type: artifact.MediaType ?? guess(artifact.Value) };
    const key = belongs ? base : name;
    kept.set(key, [...(kept.get(key) ?? []), version]);
  }
  return [...kept].map(([name, versions]) => ({ name, versions: ordered(versions) })).sort((one, two) => one.name.localeCompare(two.name, undefined, { numeric: true }));
}

function ordered(versions: readonly Version[]): Version[] {
  const stepped = versions.filter((one) => one.step !== undefined).sort((one, two) => one.step! - two.step!);
  // The latest is there twice: under its name, and under that of its step.
  const latest = versions.filter((one) => one.step === undefined && !stepped.some((other) => other.uri === one.uri));
  return [...stepped, ...latest];
}

const TYPES: Readonly<Record<string, string>> = { png: "image/png", jpg: "image/jpeg", jpeg: "image/jpeg", gif: "image/gif", webp: "image/webp", svg: "image/svg+xml", json: "application/json", csv: "text/csv", tsv: "text/tab-separated-values", txt: "text/plain", log: "text/plain", md: "text/markdown", py: "text/x-python", yaml: "text/yaml", yml: "text/yaml", diff: "text/x-diff", html: "text/html" };

/** Tell a type from an address where none was told: SageMaker's own clients often leave it out. */
export function guess(uri: string): string {
  return TYPES[/\.([a-z0-9]+)$/i.exec(uri)?.[1]?.toLowerCase() ?? ""] ?? "";
}
