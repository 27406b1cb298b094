/** What a job was told to read and write, beside what it read and wrote. */
import type { Content } from "@/api/contents";
import { definitionsOf, type JobDocument } from "@/pages/job/document";

export interface Flow {
  readonly name: string;
  readonly uri: string;
  readonly type: string;
  /** The content that went through; undefined where none was seen. */
  readonly seen?: Content;
}

export function inputs(job: JobDocument): readonly Flow[] {
  const channels = [...(job.InputDataConfig ?? []), ...definitionsOf(job).flatMap((one) => one.InputDataConfig ?? [])].map((one) => ({ name: one.ChannelName, uri: one.DataSource.S3DataSource?.S3Uri ?? "", type: one.ContentType ?? "" }));
  const processing = (job.ProcessingInputs ?? []).map((one) => ({ name: one.InputName, uri: one.S3Input?.S3Uri ?? "", type: one.S3Input?.LocalPath ?? "" }));
  const transform = job.TransformInput?.DataSource?.S3DataSource?.S3Uri;
  return [...channels, ...processing, ...(transform === undefined ? [] : [{ name: "input", uri: transform, type: job.TransformInput?.ContentType ?? "" }])];
}

export function outputs(job: JobDocument): readonly Flow[] {
  const processing = (job.ProcessingOutputConfig?.Outputs ?? []).map((one) => ({ name: one.OutputName, uri: one.S3Output?.S3Uri ?? "", type: one.S3Output?.LocalPath ?? "" }));
  const path = job.OutputDataConfig?.S3OutputPath ?? job.TransformOutput?.S3OutputPath ?? definitionsOf(job)[0]?.OutputDataConfig.S3OutputPath;
  return [...(path === undefined ? [] : [{ name: "output", uri: path, type: "" }]), ...processing];
}

/** Put to each flow the content that went through it, by its name, else by its address; contents of no flow, such as the
 * model below an output's address, are flows of their own. */
export function withContents(flows: readonly Flow[], contents: readonly Content[]): readonly Flow[] {
  const byFlow = new Map<Flow, Content>();
  const left = new Set(contents);
  for (const same of [(flow: Flow, one: Content) => one.name === flow.name, (flow: Flow, one: Content) => one.uri === flow.uri]) {
    for (const flow of flows) {
      const found = byFlow.has(flow) ? undefined : [...left].find((one) => same(flow, one));
      if (found === undefined) continue;
      byFlow.set(flow, found);
      left.delete(found);
    }
  }
  const told = flows.map((flow): Flow => {
    const seen = byFlow.get(flow);
    return seen === undefined ? flow : { ...flow, seen };
  });
  return [...told, ...Array.from(left, (seen) => ({ name: seen.name, uri: seen.uri, type: "", seen }))];
}

/** The first digits of an identity, as people compare them. */
export function short(identity: string): string {
  const [kind, digits = ""] = identity.split(":");
  return `${kind}:${digits.slice(0, 12)}…`;
}

/** Bytes in words: 1,023 bytes, 1.5 kB. */
export function bytes(size: number): string {
  if (size < 1_000) return `${size} ${size === 1 ? "byte" : "bytes"}`;
  const units = ["kB", "MB", "GB", "TB", "PB"];
  const power = Math.min(units.length, Math.floor(Math.log10(size) / 3));
  return `${Number((size / 1_000 ** power).toPrecision(3))} ${units[power - 1]}`;
}
