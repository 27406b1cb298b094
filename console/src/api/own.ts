/** Trialbook's own operations, as `/api/v1/openapi.json` describes them: tables over the columns of search. */
import { op, own } from "@/api/client";

/** A list where a record has several values of the property, as of `Parents.ExperimentName`. */
export type Cell = string | number | boolean | null | readonly (string | number | boolean | null)[];
export type Type = "number" | "text" | "time" | "flag" | "mixed";

export interface TableRequest {
  readonly resource: string;
  /** A text of the search grammar; empty for all. */
  readonly where?: string;
  /** Properties; a leading minus sorts descending. */
  readonly sort?: readonly string[];
  readonly columns: readonly string[];
  readonly limit?: number;
  readonly offset?: number;
  /** The token of the page before. */
  readonly token?: string;
}

export interface TableAnswer {
  readonly total: number;
  readonly names: readonly string[];
  readonly arns: readonly string[];
  readonly columns: Readonly<Record<string, readonly Cell[]>>;
  readonly types: Readonly<Record<string, Type>>;
  /** Asks for the page after this one; null behind the last, absent of a matrix of names. */
  readonly token?: string | null;
  readonly ms: number;
  readonly rev: number;
}

export function table(request: TableRequest, signal?: AbortSignal): Promise<TableAnswer> {
  return own("table", blankless(request), signal);
}

/** How far the columns of search are, at a server that has just started over a large store. */
export function columns(signal?: AbortSignal): Promise<{ readonly ready: boolean; readonly percent: number }> {
  return own("columns", {}, signal);
}

export function matrix(
  request: Omit<TableRequest, "offset"> & { readonly names?: readonly string[] },
  signal?: AbortSignal,
): Promise<TableAnswer> {
  return own("matrix", blankless(request), signal);
}

export interface Property {
  readonly name: string;
  readonly type: Type;
  readonly group: string;
  readonly count: number;
}

export async function properties(resource: string, q = "", limit = 1000, where = "", signal?: AbortSignal): Promise<readonly Property[]> {
  return (await own<{ properties: readonly Property[] }>("properties", blankless({ resource, q, limit, where }), signal)).properties;
}

export interface Values {
  readonly type: Type;
  readonly values: readonly { readonly value: Cell; readonly count: number }[];
  readonly distinct: number;
  readonly count: number;
  readonly missing: number;
  readonly range: { readonly min: number; readonly max: number; /** By the fraction of records below: `0.5` is the median. */ readonly quantiles: Readonly<Record<string, number>> } | null;
}

export function values(resource: string, property: string, q = "", limit = 20, where = "", signal?: AbortSignal): Promise<Values> {
  return own("values", blankless({ resource, property, q, limit, where }), signal);
}

export interface Translation {
  readonly text: string;
  /** SageMaker's SearchExpression; null where it cannot say it, and `problem` says why. */
  readonly expression: object | null;
  readonly problem: string | null;
}

export function translate(where: string, resource: string, signal?: AbortSignal): Promise<Translation> {
  return own("translate", { where, resource }, signal);
}

/** A run's parameters, artifacts, status, notes and writers. */
export function describeRun<T>(name: string, signal?: AbortSignal): Promise<T> {
  return own("run", { name }, signal);
}

export interface LogLines {
  readonly time: readonly number[];
  readonly text: readonly string[];
  readonly start: number;
  readonly next: number;
  readonly count: number;
}

export { op, own };

function blankless<T extends { readonly where?: string }>(request: T): object {
  const { where, ...rest } = request;
  return where === undefined || where.trim() === "" ? rest : request;
}
