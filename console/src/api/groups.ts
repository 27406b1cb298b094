import { own } from "@/api/client";
import type { Cell } from "@/api/own";

export type AggregateFunction = "mean" | "min" | "max" | "std" | "count" | "median";
export const AGGREGATES: readonly AggregateFunction[] = ["mean", "min", "max", "std", "count", "median"];

export interface GroupsRequest {
  readonly resource: string;
  readonly where?: string;
  readonly by: readonly string[];
  readonly aggregates: readonly { readonly property: string; readonly function: AggregateFunction }[];
  readonly sort?: readonly string[];
  readonly limit?: number;
}

export interface GroupsAnswer {
  readonly by: Readonly<Record<string, readonly Cell[]>>;
  readonly counts: readonly number[];
  readonly aggregates: readonly { readonly property: string; readonly function: AggregateFunction; readonly values: readonly Cell[] }[];
  /** All groups, of which `limit` are given. */
  readonly total: number;
}

/** Group records by the values of properties. */
export function groups({ where, ...request }: GroupsRequest, signal?: AbortSignal): Promise<GroupsAnswer> {
  return own("groups", where === undefined || where.trim() === "" ? request : { ...request, where }, signal);
}
