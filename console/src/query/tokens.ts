/** Between our filter and Cloudscape's PropertyFilter: its `:` is contains, free text is a search for words. */
import type { PropertyFilterProps } from "@cloudscape-design/components/property-filter";
import type { Property, Type } from "@/api/own";
import { isGroup, type Condition, type Group, type Operator } from "@/query/filter";

type Token = PropertyFilterProps.Token | PropertyFilterProps.TokenGroup;

const EXISTS: PropertyFilterProps.ExtendedOperator<null> = {
  operator: "exists",
  description: "Has a value",
  form: () => null,
  format: () => "",
};
const NOT_EXISTS = { ...EXISTS, operator: "not exists", description: "Has no value" };
const EQUALITY = ["=", "!="].map((operator) => ({ operator, tokenType: "enum" as const }));

/** The operators that make sense for a type of values. */
export function operatorsOf(type: Type): PropertyFilterProps.FilteringProperty["operators"] {
  switch (type) {
    case "number":
    case "time":
      return ["=", "!=", "<", "<=", ">", ">=", EXISTS, NOT_EXISTS];
    case "flag":
      return [...EQUALITY, EXISTS, NOT_EXISTS];
    case "text":
      return [...EQUALITY, ":", EXISTS, NOT_EXISTS];
    default:
      return [...EQUALITY, "<", "<=", ">", ">=", ":", EXISTS, NOT_EXISTS];
  }
}

export function toFilteringProperty({ name, type, group }: Property): PropertyFilterProps.FilteringProperty {
  const numeric = type === "number" || type === "time";
  return {
    key: name,
    propertyLabel: name,
    groupValuesLabel: `Values of ${name}`,
    group,
    operators: operatorsOf(type) ?? [],
    defaultOperator: numeric ? ">" : "=",
  };
}

export function toQuery(group: Group): PropertyFilterProps.Query {
  return { operation: group.join, tokens: [], tokenGroups: group.nodes.map(toToken) };
}

function toToken(node: Condition | Group): Token {
  if (isGroup(node)) return { operation: node.join, tokens: node.nodes.map(toToken) };
  if (node.operator === "words") return { operator: ":", value: node.values.join(" ") };
  const several = node.operator === "=" || node.operator === "!=";
  const value = node.operator.endsWith("exists") ? null : several ? [...node.values] : (node.values[0] ?? "");
  return { propertyKey: node.property, operator: node.operator === "contains" ? ":" : node.operator, value: numericAware(several, value) };
}

// A numeric property's `=` holds one text, an enumerated one's a list; Cloudscape shows either.
function numericAware(several: boolean, value: string | string[] | null): unknown {
  return several && Array.isArray(value) && value.length === 1 && /^[-+.\d]/.test(value[0]!) ? value[0] : value;
}

export function fromQuery(query: PropertyFilterProps.Query): Group {
  const tokens: readonly Token[] = query.tokenGroups ?? query.tokens;
  return { join: query.operation, nodes: tokens.map(fromToken) };
}

function fromToken(token: Token): Condition | Group {
  if ("tokens" in token) return { join: token.operation, nodes: token.tokens.map(fromToken) };
  const given: unknown = token.value;
  const values = Array.isArray(given) ? given.map(String) : given === null || given === undefined ? [] : [String(given)];
  if (token.propertyKey === undefined) return { property: "", operator: "words", values };
  return { property: token.propertyKey, operator: (token.operator === ":" ? "contains" : token.operator) as Operator, values };
}

/** Name every property that a filter uses. */
export function used(group: Group): readonly string[] {
  return group.nodes.flatMap((node) => (isGroup(node) ? used(node) : node.property === "" ? [] : [node.property]));
}
