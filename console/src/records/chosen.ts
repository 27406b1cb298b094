/** What the user chose: some rows, or everything that the query finds, which is then asked for by the query itself. */
import { matrix } from "@/api/own";
import type { Row } from "@/records/columns";
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

/** The most that one deed changes. */
export const MOST = 10_000;

export async function namesOf(chosen: Chosen, limit = MOST): Promise<readonly Named[]> {
  if (!chosen.all) return chosen.rows.slice(0, limit);
  const { state, where } = chosen;
  const answer = await matrix({ resource: state.kind.resource, where, sort: state.sort === "" ? [] : [state.sort], columns: [], limit });
  return answer.names.map((name, at) => ({ name, arn: answer.arns[at]! }));
}

export interface Outcome {
  readonly done: number;
  readonly failed: readonly { readonly name: string; readonly why: string }[];
}

/** Do something to each, a few at a time; what fails is told, the rest goes on. */
export async function each(items: readonly Named[], deed: (one: Named) => Promise<unknown>, progress: (done: number) => void, atOnce = 4): Promise<Outcome> {
  const failed: { name: string; why: string }[] = [];
  let next = 0;
  let done = 0;
  async function work(): Promise<void> {
    while (next < items.length) {
      const one = items[next]!;
      next += 1;
      try {
        await deed(one);
        done += 1;
      } catch (error) {
        failed.push({ name: one.name, why: error instanceof Error ? error.message : String(error) });
      }
      progress(done + failed.length);
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
  return { done, failed };
}
