/** Words, looked for in every kind of record at once. */
import { own } from "@/api/client";

export interface Found {
  /** As ARNs write the kind: `experiment-trial-component`. */
  readonly resource: string;
  readonly records: readonly { readonly name: string; readonly arn: string }[];
  readonly total: number;
}

export function findAnywhere(where: string, each: number, signal?: AbortSignal): Promise<{ readonly kinds: readonly Found[]; readonly total: number }> {
  return own("search", { resource: "all", query: where, limit: each }, signal);
}
