/** The lines of a log that a reader has seen so far: pages by number, with new ones at the end as they come. */
import { own } from "@/api/client";
import type { LogLines } from "@/api/own";

export interface LogLine {
  readonly number: number;
  readonly time: number;
  readonly text: string;
}

export interface Stream {
  readonly name: string;
  readonly created: number;
  readonly last: number;
  readonly count: number;
}

export interface FoundLines {
  readonly stream: readonly string[];
  readonly number: readonly number[];
  readonly time: readonly number[];
  readonly text: readonly string[];
}

export const PAGE = 500;

export async function streamsOf(entity: string, signal?: AbortSignal): Promise<readonly Stream[]> {
  return (await own<{ streams: readonly Stream[] }>("log_streams", { entity }, signal)).streams;
}

export function linesOf(entity: string, stream: string, page: number, signal?: AbortSignal): Promise<LogLines> {
  return own("logs", { entity, stream, start: page * PAGE, limit: PAGE }, signal);
}

export function find(entity: string, stream: string, text: string, signal?: AbortSignal): Promise<FoundLines> {
  return own("log_find", { entity, stream, text, limit: 1000 }, signal);
}
