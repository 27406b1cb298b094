/** What the user chose: some rows, or everything that the query finds, which is then asked for by the query itself. */
import { ApiError } from "@/api/client";
import { table, type TableAnswer } from "@/api/own";
import type { Row } from "@/records/columns";
import { rounds } from "@/records/rounds";
import type { State } from "@/records/state";

export interface Chosen {
  readonly rows: readonly Row[];
  /** Everything that matches, rows of other pages too. */
  readonly all: boolean;
  readonly count: number;
  readonly state: State;
  readonly where: string;
}

export interface Named {
  readonly name: string;
  readonly arn: string;
}

const named = (answer: TableAnswer): readonly Named[] => answer.names.map((name, at) => ({ name, arn: answer.arns[at]! }));

/** The first of them, in the table's order; at most 1,000. */
export async function firstOf({ rows, all, state, where }: Chosen, limit: number): Promise<readonly Named[]> {
  if (!all) return rows.slice(0, limit);
  return named(await table({ resource: state.kind.resource, where, sort: state.sort === "" ? [] : [state.sort], columns: [], limit }));
}

/** All of them, in rounds. The newest come first: what is made meanwhile was not chosen, and is left alone. */
export async function* allOf({ rows, all, state, where }: Chosen, signal?: AbortSignal): AsyncGenerator<readonly Named[]> {
  if (!all) yield rows;
  else for await (const answer of rounds({ resource: state.kind.resource, where, sort: ["-CreationTime"], columns: [] }, signal)) yield named(answer);
}

export interface Outcome {
  readonly done: number;
  readonly failures: number;
  /** The first of those that failed. */
  readonly failed: readonly { readonly name: string; readonly why: string }[];
  readonly stopped: boolean;
}

/** How many failures are told by name. */
const TOLD = 10;

/** Do something to each, a few at a time, until all are done or the signal stops it: what is under way is finished. What
 * fails is told, the rest goes on; but nothing goes on when the server is gone or the session over, which is thrown. */
export async function each(all: AsyncIterable<readonly Named[]>, deed: (one: Named) => Promise<unknown>, progress: (done: number) => void, signal?: AbortSignal, atOnce = 4): Promise<Outcome> {
  const failed: { name: string; why: string }[] = [];
  let failures = 0;
  let done = 0;
  let over: unknown;
  const halted = (): boolean => signal?.aborted === true || over !== undefined;
  async function work(queue: Iterator<Named>): Promise<void> {
    for (let next = queue.next(); next.done !== true && !halted(); next = queue.next()) {
      const one = next.value;
      try {
        await deed(one);
        done += 1;
      } catch (error) {
        if (error instanceof ApiError && (error.status === 0 || error.status === 401)) {
          over = error;
          return;
        }
        failures += 1;
        if (failed.length < TOLD) failed.push({ name: one.name, why: error instanceof Error ? error.message : String(error) });
      }
      progress(done + failures);
    }
  }
  try {
    for await (const round of all) {
      const queue = round[Symbol.iterator]();
      await Promise.all(Array.from({ length: Math.min(atOnce, round.length) }, () => work(queue)));
      if (over !== undefined) throw over;
      if (halted()) break;
    }
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
  }
  return { done, failures, failed, stopped: signal?.aborted === true };
}
