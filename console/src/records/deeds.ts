/** What can be done to many records of a kind. */
import { aws } from "@/api/aws";
import { own } from "@/api/client";
import type { Named } from "@/records/chosen";

const DELETES: Readonly<Record<string, (one: Named) => Promise<unknown>>> = {
  run: ({ name }) => own("run_delete", { name }),
  experiment: ({ name }) => aws("DeleteExperiment", { ExperimentName: name }),
  model: ({ name }) => aws("DeleteModel", { ModelName: name }),
  endpoint: ({ name }) => aws("DeleteEndpoint", { EndpointName: name }),
};

/** How one record of a kind is deleted; undefined where its records are never deleted from here. */
export function deleteOf(resource: string): ((one: Named) => Promise<unknown>) | undefined {
  return DELETES[resource];
}

export const addTags = (tags: readonly { readonly Key: string; readonly Value: string }[]) => ({ arn }: Named) => aws("AddTags", { ResourceArn: arn, Tags: tags });
export const deleteTags = (keys: readonly string[]) => ({ arn }: Named) => aws("DeleteTags", { ResourceArn: arn, TagKeys: keys });
export const moveRun = (experiment: string) => ({ name }: Named) => own("run_move", { name, experiment });

export interface Along {
  readonly metrics: number;
  readonly points: number;
  readonly artifacts: number;
  readonly lines: number;
  readonly associations: number;
  readonly children: readonly string[];
  readonly experiments: readonly string[];
}

export const weighRun = (name: string): Promise<Along> => own("run_weigh", { name });

export function total(along: readonly Along[]): string {
  const sum = (member: "metrics" | "points" | "artifacts" | "lines" | "associations") => along.reduce((count, one) => count + one[member], 0);
  const told = [
    [sum("metrics"), "metric"],
    [sum("points"), "point"],
    [sum("lines"), "log line"],
    [sum("associations"), "connection of lineage", "connections of lineage"],
  ] as const;
  const parts = told.filter(([count]) => count > 0).map(([count, one, many]) => `${count.toLocaleString()} ${count === 1 ? one : (many ?? `${one}s`)}`);
  return parts.length === 0 ? "nothing else" : parts.join(", ");
}
