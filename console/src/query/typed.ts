/** What a text in the filter's field asks for while it is typed. */
import type { PropertyFilterProps } from "@cloudscape-design/components/property-filter";

export interface Asked {
  /** The property whose values are asked for; undefined for properties. */
  readonly property: string | undefined;
  /** What they contain. */
  readonly text: string;
}

/**
 * Read a text as the filter will: the longest property it begins with, then an operator, then a part of a value. Without
 * an operator it may still become the name of another property.
 */
export function asks(text: string, properties: readonly PropertyFilterProps.FilteringProperty[]): Asked {
  const lower = text.toLowerCase();
  let property: PropertyFilterProps.FilteringProperty | undefined;
  for (const one of properties) {
    if (lower.startsWith(one.propertyLabel.toLowerCase()) && one.propertyLabel.length > (property?.propertyLabel.length ?? 0)) property = one;
  }
  if (property === undefined) return { property: undefined, text };
  const after = text.slice(property.propertyLabel.length).trimStart();
  const operators = (property.operators ?? []).map((one) => (typeof one === "string" ? one : one.operator));
  const operator = operators.filter((one) => after.startsWith(one)).sort((one, other) => other.length - one.length)[0];
  if (operator === undefined) return { property: undefined, text };
  return { property: property.key, text: after.slice(operator.length).replace(/^ /, "") };
}
