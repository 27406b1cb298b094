/** What a comparison says, in a sentence. */
import { showNumber } from "@/query/show";

/** NaN comes as a text. */
type Figure = number | string | null;

export interface Group {
  readonly label: string;
  readonly runs: readonly string[];
  readonly values: readonly number[];
  readonly n: number;
  readonly mean: Figure;
  readonly std: Figure;
  readonly low: Figure;
  readonly high: Figure;
}

export interface Test {
  readonly first: number;
  readonly second: number;
  readonly method: string;
  readonly difference: Figure;
  readonly p_holm: Figure;
}

export interface Comparison {
  readonly metric: string;
  readonly goal: "max" | "min";
  readonly confidence: number;
  readonly groups: readonly Group[];
  readonly tests: readonly Test[];
  readonly within_noise: readonly number[];
}

export function verdict({ groups, tests, within_noise, metric, confidence }: Comparison): string {
  const best = groups[0];
  const measured = groups.filter((one) => one.n > 0);
  if (best === undefined || measured.length === 0) return `No run has a value of ${metric}.`;
  const told = `${best.label} is best by ${metric}: ${showNumber(Number(best.mean))} on average of ${best.n} ${best.n === 1 ? "run" : "runs"}`;
  if (measured.length === 1) return `${told}. There is no other group to compare it with.`;
  const rivals = tests.filter((one) => one.first === 0);
  const untested = rivals.filter((one) => one.method === "untested").length;
  const close = within_noise.length - untested;
  const parts = [];
  const beaten = rivals.length - within_noise.length;
  if (beaten > 0) parts.push(`better than ${beaten} ${beaten === 1 ? "other" : "others"} beyond luck (${Math.round(100 * confidence)} %)`);
  if (close > 0) parts.push(`not told apart from ${close === 1 ? groups[within_noise.find((at) => rivals.find((one) => one.second === at)?.method !== "untested")!]!.label : `${close} others`}: that may be luck`);
  if (untested > 0) parts.push(`${untested} could not be tested, for want of runs with other seeds`);
  return `${told}; ${parts.join("; ")}.`;
}
