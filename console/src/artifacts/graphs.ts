/** The graphs that SageMaker's SDK and ours keep as JSON, read without trust: anyone may have written the object. */

export interface Curve {
  readonly kind: "ROCCurve" | "PrecisionRecallCurve";
  readonly title: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Area under the ROC curve, or the average precision. */
  readonly score: number | undefined;
  readonly noSkill: number | undefined;
}

export interface Confusion {
  readonly kind: "ConfusionMatrix";
  readonly title: string;
  readonly matrix: readonly (readonly number[])[];
  readonly labels: readonly string[];
}

export interface DataTable {
  readonly kind: "Table";
  readonly title: string;
  readonly names: readonly string[];
  readonly columns: Readonly<Record<string, readonly unknown[]>>;
}

export type Graph = Curve | Confusion | DataTable;

/** Read a graph; undefined for any other JSON. */
export function readGraph(text: string): Graph | undefined {
  let told: unknown;
  try {
    told = JSON.parse(text.replaceAll(/(?<=[[,:]\s*)(-?Infinity|NaN)(?=\s*[,\]}])/g, '"$1"'));
  } catch {
    return undefined;
  }
  if (typeof told !== "object" || told === null) return undefined;
  const document = told as Readonly<Record<string, unknown>>;
  const title = typeof document["title"] === "string" ? document["title"] : "";
  switch (document["type"]) {
    case "ROCCurve":
      return curve("ROCCurve", title, document["falsePositiveRate"], document["truePositiveRate"], document["areaUnderCurve"], undefined);
    case "PrecisionRecallCurve":
      return curve("PrecisionRecallCurve", title, document["recall"], document["precision"], document["averagePrecisionScore"], document["noSkill"]);
    case "ConfusionMatrix": {
      const matrix = Array.isArray(document["confusionMatrix"]) ? document["confusionMatrix"].map(numbers) : [];
      if (matrix.length === 0 || matrix.some((row) => row.length !== matrix.length)) return undefined;
      const labels = Array.isArray(document["labels"]) ? document["labels"].map(String) : [];
      return { kind: "ConfusionMatrix", title, matrix, labels: labels.length === matrix.length ? labels : matrix.map((_, at) => String(at)) };
    }
    case "Table":
      return tableOf(title, document["data"]);
    default:
      return undefined;
  }
}

function curve(kind: Curve["kind"], title: string, first: unknown, second: unknown, score: unknown, noSkill: unknown): Curve | undefined {
  const [x, y] = [numbers(first), numbers(second)];
  return x.length === 0 || x.length !== y.length ? undefined : { kind, title, x, y, score: number(score), noSkill: number(noSkill) };
}

function tableOf(title: string, data: unknown): DataTable | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const entries = Object.entries(data).filter((one): one is [string, unknown[]] => Array.isArray(one[1]));
  return entries.length === 0 ? undefined : { kind: "Table", title, names: entries.map(([name]) => name), columns: Object.fromEntries(entries) };
}

function numbers(value: unknown): number[] {
  return Array.isArray(value) ? value.map(Number) : [];
}

function number(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** Read CSV or TSV with quoted fields into columns. */
export function readCsv(text: string, separator = ","): DataTable | undefined {
  const rows: string[][] = [[]];
  let field = "";
  let quoted = false;
  const endField = (): void => {
    rows.at(-1)!.push(field);
    field = "";
  };
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at]!;
    if (quoted) {
      if (letter === '"' && text[at + 1] === '"') {
        field += '"';
        at += 1;
      } else if (letter === '"') quoted = false;
      else field += letter;
    } else if (letter === '"' && field === "") quoted = true;
    else if (letter === separator) endField();
    else if (letter === "\n") {
      endField();
      rows.push([]);
    } else if (letter !== "\r") field += letter;
  }
  endField();
  const [head, ...body] = rows.filter((row) => row.length > 1 || row[0] !== "");
  if (head === undefined) return undefined;
  const names = head.map((name, at) => (head.indexOf(name) === at ? name : `${name} (${at + 1})`));
  return { kind: "Table", title: "", names, columns: Object.fromEntries(names.map((name, at) => [name, body.map((row) => row[at] ?? "")])) };
}
