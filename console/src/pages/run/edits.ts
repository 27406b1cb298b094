/** What people change of a run, from its page. */
import { op, own } from "@/api/own";

export interface Weight {
  readonly name: string;
  readonly arn: string;
  readonly metrics: number;
  readonly points: number;
  readonly parameters: number;
  readonly artifacts: number;
  readonly lines: number;
  readonly associations: number;
  readonly children: readonly string[];
  readonly experiments: readonly string[];
  readonly retention: number;
}

export const note = (name: string, told: { readonly notes?: string; readonly hypothesis?: string }): Promise<unknown> => own("run_note", { name, ...told });
export const rename = (name: string, display: string): Promise<unknown> => op("UpdateTrialComponent", { TrialComponentName: name, DisplayName: display });
export const weigh = (name: string): Promise<Weight> => own("run_weigh", { name });
export const remove = (name: string): Promise<unknown> => own("run_delete", { name });
export const restore = (arn: string): Promise<unknown> => own("restore", { arn });
export const move = (name: string, experiment: string): Promise<unknown> => own("run_move", { name, experiment });

const STOPS: readonly (readonly [RegExp, string, string])[] = [
  [/:training-job\/(.+)$/, "StopTrainingJob", "TrainingJobName"],
  [/:processing-job\/(.+)$/, "StopProcessingJob", "ProcessingJobName"],
  [/:transform-job\/(.+)$/, "StopTransformJob", "TransformJobName"],
];

/** Say which operation stops the job behind a run; undefined when no job of this server is. */
export function stopOf(source: string | undefined): { readonly operation: string; readonly members: Readonly<Record<string, string>> } | undefined {
  for (const [pattern, operation, member] of STOPS) {
    const found = pattern.exec(source ?? "");
    if (found !== null) return { operation, members: { [member]: found[1]! } };
  }
  return undefined;
}

export async function stop(name: string, source: string | undefined): Promise<void> {
  const job = stopOf(source);
  if (job !== undefined) await op(job.operation, job.members);
  else await op("UpdateTrialComponent", { TrialComponentName: name, Status: { PrimaryStatus: "Stopped", Message: "Stopped in the console." }, EndTime: Date.now() / 1000 });
}
