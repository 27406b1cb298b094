/** What the page shows as a program: boto3 with pandas, our SDK, the command line, CSV. */
import type { TableAnswer } from "@/api/own";

export interface Shown {
  readonly resource: string;
  readonly where: string;
  readonly sort: string;
  readonly columns: readonly string[];
  readonly limit: number;
  /** The region that is shown, once one was chosen; else programs ask in that of their environment. */
  readonly region?: string | undefined;
}

const text = (value: string): string => JSON.stringify(value);

export function sdkProgram({ resource, where, sort, columns, limit, region }: Shown): string {
  const options = [
    ...(resource === "run" ? [] : [`resource=${text(resource)}`]),
    ...(sort === "" ? [] : [`sort=${text(sort)}`]),
    ...(columns.length === 0 ? [] : [`columns=[${columns.map(text).join(", ")}]`]),
    `limit=${limit}`,
    ...(region === undefined ? [] : [`region=${text(region)}`]),
  ];
  return `from trialbook import search

table = search(
    ${text(where)},
    ${options.join(",\n    ")},
)
frame = table.to_pandas()
print(frame)
`;
}

/** boto3's form; `expression` is SageMaker's SearchExpression for `where`, as the server translates it. */
export function boto3Program(shown: Shown, sagemaker: string, expression: object | undefined): string {
  const { sort, limit } = shown;
  const lines = [
    `Resource=${text(sagemaker)}`,
    ...(expression === undefined ? [] : [`SearchExpression=${python(expression, 1)}`]),
    ...(sort === "" ? [] : [`SortBy=${text(sort.replace(/^-/, ""))}`, `SortOrder=${text(sort.startsWith("-") ? "Descending" : "Ascending")}`]),
    `MaxResults=${Math.min(limit, 100)}`,
  ];
  return `import boto3
import pandas as pd

${boto3Client(shown.region)}
answer = client.search(
    ${lines.join(",\n    ")},
)
records = [next(iter(one.values())) for one in answer["Results"]]
frame = pd.json_normalize(records)
print(frame)
`;
}

/** The line of a program that makes its client. */
export function boto3Client(region: string | undefined): string {
  const place = region === undefined ? "" : `, region_name=${text(region)}`;
  return `client = boto3.client("sagemaker"${place})  # AWS_ENDPOINT_URL names this server`;
}

/** Write JSON as a Python literal. */
export function python(value: unknown, depth = 0): string {
  const inner = "    ".repeat(depth + 1);
  const outer = "    ".repeat(depth);
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : `float(${text(String(value))})`;
  if (typeof value === "string") return text(value);
  if (Array.isArray(value)) return value.length === 0 ? "[]" : `[\n${value.map((one) => `${inner}${python(one, depth + 1)},\n`).join("")}${outer}]`;
  const members = Object.entries(value);
  return members.length === 0 ? "{}" : `{\n${members.map(([name, one]) => `${inner}${text(name)}: ${python(one, depth + 1)},\n`).join("")}${outer}}`;
}

export function commandLine({ resource, where, sort, columns, limit, region }: Shown): string {
  const quoted = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`;
  const parts = [...(region === undefined ? [] : [`AWS_REGION=${quoted(region)}`]), "trialbook search", quoted(where), ...(resource === "run" ? [] : [`--in ${resource}`])];
  if (sort !== "") parts.push(`--sort=${quoted(sort)}`);
  for (const column of columns) parts.push(`--column ${quoted(column)}`);
  return [...parts, `--limit ${limit}`].join(" ");
}

const LINE = "\r\n";

function csvLine(values: readonly unknown[]): string {
  return values.map((value) => {
    const written = value === null || value === undefined ? "" : String(value);
    return /[",\r\n]/.test(written) ? `"${written.replaceAll('"', '""')}"` : written;
  }).join(",") + LINE;
}

export function csvHead(columns: readonly string[]): string {
  return csvLine(["name", ...columns]);
}

export function csvRows(answer: Pick<TableAnswer, "names" | "columns">, columns: readonly string[]): string {
  return answer.names.map((name, at) => csvLine([name, ...columns.map((column) => answer.columns[column]?.[at])])).join("");
}
