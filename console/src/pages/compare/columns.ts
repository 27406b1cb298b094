/** Which properties make good axes. */
import { differs, type Attribute } from "@/pages/compare/use-compared";

const MOST = 8;

/** Give the properties that can be an axis: whatever some run has and that is not the same for all. */
export function axesOf(attributes: readonly Attribute[]): readonly Attribute[] {
  const some = attributes.filter((one) => /^(Parameters|Metrics|Tags)\./.test(one.name) && one.cells.some((cell) => cell !== null));
  const varied = some.filter(differs);
  return varied.length > 0 ? varied : some;
}

/** Choose axes to begin with: parameters first, one metric last. */
export function firstAxes(attributes: readonly Attribute[]): string[] {
  const axes = axesOf(attributes);
  const metrics = axes.filter((one) => one.name.startsWith("Metrics."));
  const others = axes.filter((one) => !one.name.startsWith("Metrics."));
  return [...others.slice(0, MOST - 2), ...metrics.slice(0, 2)].map((one) => one.name);
}
