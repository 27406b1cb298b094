/** A run as the server describes it, and what can be told from it. */
import { useQuery } from "@tanstack/react-query";
import { ApiError } from "@/api/client";
import { describeRun } from "@/api/own";

export interface Summary {
  readonly MetricName: string;
  readonly TimeStamp: number;
  readonly Last: Figure;
  readonly Min: Figure;
  readonly Max: Figure;
  readonly Avg: Figure;
  readonly StdDev: Figure;
  readonly Count: number;
}

/** A number, or the text of one that JSON lacks. */
export type Figure = number | string | null;

export interface Artifact {
  readonly Value: string;
  readonly MediaType?: string;
}

export interface Environment {
  readonly [part: string]: Readonly<Record<string, unknown>>;
}

export interface RunRecord {
  readonly TrialComponentName: string;
  readonly TrialComponentArn: string;
  readonly DisplayName?: string;
  readonly Source?: { readonly SourceArn: string; readonly SourceType?: string };
  readonly Sources?: readonly { readonly SourceArn: string; readonly SourceType?: string }[];
  readonly Status?: { readonly PrimaryStatus?: string; readonly Message?: string };
  readonly StartTime?: number;
  readonly EndTime?: number;
  readonly CreationTime?: number;
  readonly LastModifiedTime?: number;
  readonly CreatedBy?: Readonly<Record<string, unknown>>;
  readonly Parameters: Readonly<Record<string, { readonly StringValue?: string; readonly NumberValue?: Figure }>>;
  readonly InputArtifacts: Readonly<Record<string, Artifact>>;
  readonly OutputArtifacts: Readonly<Record<string, Artifact>>;
  readonly Metrics: readonly Summary[];
  readonly Parents: readonly { readonly TrialName: string; readonly ExperimentName: string }[];
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
  readonly notes?: string;
  readonly hypothesis?: string;
  readonly axes?: Readonly<Record<string, string>>;
  readonly forked?: Readonly<Record<string, unknown>>;
  readonly writers?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly environment?: Environment;
  readonly parent?: string;
  readonly children?: readonly string[];
}

export function useRun(name: string, enabled = true) {
  return useQuery({ queryKey: ["run", name], queryFn: ({ signal }) => describeRun<RunRecord>(name, signal), staleTime: 0, enabled, retry: (count, error) => count < 1 && !(error instanceof ApiError && error.status < 500) });
}

export const SYSTEM = "system.";

export function isLive(run: RunRecord): boolean {
  return /^(InProgress|Stopping)$/.test(run.Status?.PrimaryStatus ?? "");
}
