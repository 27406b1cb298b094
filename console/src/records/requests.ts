/** Requests that make the same again, of what the server describes: as a program of boto3, and for the AWS CLI. */
import { MEMBERS } from "@/api/aws-members";
import { boto3Client, python } from "@/records/program";

export type Creates = keyof typeof MEMBERS;

export interface Request {
  readonly operation: Creates;
  readonly input: Readonly<Record<string, unknown>>;
}

/** The request that makes what is described, under another name where one is given. */
export function requestOf(operation: Creates, described: object, changed: Readonly<Record<string, unknown>> = {}): Request {
  const given: Readonly<Record<string, unknown>> = { ...described, ...changed };
  const input = MEMBERS[operation].flatMap((member) => (isNothing(given[member]) ? [] : [[member, given[member]] as const]));
  return { operation, input: Object.fromEntries(input) };
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

/** `CreateTrainingJob` as `create_training_job` or `create-training-job`. */
function worded(operation: string, between: "_" | "-"): string {
  return operation.replaceAll(/([a-z])([A-Z])/g, `$1${between}$2`).toLowerCase();
}

/** `job` becomes `job-2`, `job-2` becomes `job-3`, `job-02` becomes `job-03`. */
export function nextName(name: string): string {
  const found = /^(.*)-(\d{1,3})$/.exec(name);
  return found === null ? `${name.slice(0, 60)}-2` : `${found[1]}-${String(Number(found[2]) + 1).padStart(found[2]!.length, "0")}`;
}

export function boto3Requests(requests: readonly Request[], region?: string): string {
  const calls = requests.map(({ operation, input }) => `client.${worded(operation, "_")}(\n${Object.entries(input).map(([name, value]) => `    ${name}=${python(value, 1)},\n`).join("")})`);
  return `import boto3\n\n${boto3Client(region)}\n${calls.join("\n")}\n`;
}

export function cliRequests(requests: readonly Request[], region?: string): string {
  const quoted = (value: unknown): string => `'${JSON.stringify(value, undefined, 2).replaceAll("'", `'\\''`)}'`;
  const place = region === undefined ? "" : ` --region ${region}`;
  return `${requests.map(({ operation, input }) => `aws sagemaker ${worded(operation, "-")}${place} --cli-input-json ${quoted(input)}`).join("\n")}\n`;
}
