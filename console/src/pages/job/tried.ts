/** The training jobs of a tuning job in order of what it wants: the least first when it minimises. */
import { aws } from "@/api/aws";
import type { HyperParameterTrainingJobSummary } from "@/api/aws-types";

export type Tried = HyperParameterTrainingJobSummary;

/** The objective's final value; NaN where there is none yet, or where it is NaN. */
export function valueOf(one: Tried): number {
  // The wire writes NaN and the infinities as texts.
  const value: unknown = one.FinalHyperParameterTuningJobObjectiveMetric?.Value;
  return value === undefined ? Number.NaN : Number(value);
}

/** Negative when the first is better; those without a value come last. */
export function better(one: Tried, two: Tried, minimised: boolean): number {
  const [first, second] = [valueOf(one), valueOf(two)];
  if (Number.isNaN(first) || Number.isNaN(second)) return Number(Number.isNaN(first)) - Number(Number.isNaN(second));
  if (first === second) return 0;
  return first < second === minimised ? -1 : 1;
}

/** Compare texts of hyperparameters as numbers where both are. */
export function byText(one: string | undefined, two: string | undefined): number {
  if (one === undefined || two === undefined) return Number(one === undefined) - Number(two === undefined);
  const [first, second] = [Number(one), Number(two)];
  return Number.isNaN(first) || Number.isNaN(second) ? one.localeCompare(two) : first - second;
}

/** Read all of them; the server gives a hundred at a time. */
export async function triedBy(name: string, signal?: AbortSignal): Promise<readonly Tried[]> {
  const found: Tried[] = [];
  let token: string | undefined;
  do {
    const answer = await aws("ListTrainingJobsForHyperParameterTuningJob", { HyperParameterTuningJobName: name, MaxResults: 100, ...(token === undefined ? {} : { NextToken: token }) }, signal);
    found.push(...(answer.TrainingJobSummaries ?? []));
    token = answer.NextToken;
  } while (token !== undefined);
  return found;
}
