/** A filter as the page holds it, and as a text of the search grammar. Values are quoted unless they are plain numbers,
 * and names unless they are plain paths, so that whatever a user chose means itself. */

export interface Condition {
  readonly property: string;
  readonly operator: Operator;
  /** Several values with `=` and `!=` mean any of them; none with exists. */
  readonly values: readonly string[];
}

export interface Group {
  readonly join: "and" | "or";
  readonly nodes: readonly (Condition | Group)[];
}

export const OPERATORS = ["=", "!=", "<", "<=", ">", ">=", "contains", "exists", "not exists", "words"] as const;
export type Operator = (typeof OPERATORS)[number];

const KEYWORDS = new Set(["and", "or", "not", "in", "between", "exists", "contains", "has"]);

export const EVERYTHING: Group = { join: "and", nodes: [] };

export function isGroup(node: Condition | Group): node is Group {
  return "nodes" in node;
}

/** Write a filter in the grammar; empty when it takes everything. */
export function toText(group: Group): string {
  return joined(group);
}

function joined(group: Group): string {
  const parts = group.nodes
    .map((node) => (isGroup(node) ? joined(node) : conditionText(node)))
    .map((text, at) => ({ text, node: group.nodes[at]! }))
    .filter(({ text }) => text !== "");
  if (parts.length === 1) return parts[0]!.text;
  return parts.map(({ text, node }) => (isGroup(node) && node.nodes.length > 1 ? `(${text})` : text)).join(` ${group.join} `);
}

function conditionText({ property, operator, values }: Condition): string {
  const name = quotedName(property);
  switch (operator) {
    case "exists":
    case "not exists":
      return `${operator} ${name}`;
    case "words":
      return values.map(quotedWords).filter((one) => one !== "").join(" ");
    case "=":
    case "!=":
      if (values.length === 0) return "";
      if (values.length > 1) {
        const all = values.map(quotedValue);
        return operator === "=" ? `${name} in (${all.join(", ")})` : `(${all.map((one) => `${name} != ${one}`).join(" and ")})`;
      }
      return `${name} ${operator} ${quotedValue(values[0]!)}`;
    default:
      return values.length === 0 ? "" : `${name} ${operator} ${quotedValue(values[0]!)}`;
  }
}

/** A name with spaces or operators stands in double quotes, from its second part on where it is in a map. */
export function quotedName(name: string): string {
  const parts = name.split(".");
  if (parts.every((part) => plain(part))) return name;
  const dot = name.indexOf(".");
  const head = dot < 0 ? "" : name.slice(0, dot + 1);
  const rest = dot < 0 ? name : name.slice(dot + 1);
  return plain(head.slice(0, -1)) ? `${head}${quoted(rest)}` : quoted(name);
}

function plain(part: string): boolean {
  return /^[\p{L}\p{N}_:/@-]+$/u.test(part) && !KEYWORDS.has(part.toLowerCase());
}

function quotedValue(value: string): string {
  if (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(value.trim())) return value.trim();
  return quoted(value);
}

function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

function quotedWords(text: string): string {
  return text
    .split(/\s+/)
    .filter((word) => word !== "")
    .map(quoted)
    .join(" ");
}

/** Write a filter for the address: a compact JSON that `decode` reads back. */
export function encode(group: Group): string {
  return group.nodes.length === 0 ? "" : JSON.stringify(packed(group));
}

type Packed = readonly ["and" | "or", ...(readonly unknown[])];

function packed(group: Group): Packed {
  return [group.join, ...group.nodes.map((node) => (isGroup(node) ? packed(node) : [node.property, node.operator, ...node.values]))];
}

/** Read a filter from the address; whatever is not one is left out. */
export function decode(text: string | null): Group {
  if (text === null || text === "") return EVERYTHING;
  try {
    return unpacked(JSON.parse(text)) ?? EVERYTHING;
  } catch {
    return EVERYTHING;
  }
}

function unpacked(value: unknown): Group | undefined {
  if (!Array.isArray(value) || (value[0] !== "and" && value[0] !== "or")) return undefined;
  const nodes = value.slice(1).flatMap((node: unknown): (Condition | Group)[] => {
    if (!Array.isArray(node) || !node.every((one) => typeof one === "string" || Array.isArray(one))) return [];
    if (node[0] === "and" || node[0] === "or") {
      const group = unpacked(node);
      return group === undefined ? [] : [group];
    }
    const [property, operator, ...values] = node as string[];
    if (property === undefined || !OPERATORS.includes(operator as Operator)) return [];
    return [{ property, operator: operator as Operator, values: values.filter((one) => typeof one === "string") }];
  });
  return { join: value[0], nodes };
}
