/** What figures of reports are called, how they are written, and what they mean. */
import type { Analysis, BiasFigure, BiasMetric, FacetFigures, Figure, Importance, Stage } from "@/api/reports";

export const STAGES: readonly { readonly stage: Stage; readonly title: string }[] = [
  { stage: "pre", title: "Before training: the data" },
  { stage: "post", title: "After training: the predictions" },
];

export function stageOf(analysis: Analysis | undefined, stage: Stage) {
  return stage === "pre" ? analysis?.pre_training_bias_metrics : analysis?.post_training_bias_metrics;
}

export function hasBias(analysis: Analysis | undefined): boolean {
  return analysis?.pre_training_bias_metrics !== undefined || analysis?.post_training_bias_metrics !== undefined;
}

export function hasExplanations(analysis: Analysis | undefined): boolean {
  return analysis?.explanations !== undefined;
}

/** The importances by output of the model; an analysis that failed has none. */
export function importances(analysis: Analysis | undefined): readonly (readonly [string, Importance])[] {
  return Object.entries(analysis?.explanations?.kernel_shap ?? {}).filter((one): one is [string, Importance] => typeof one[1] !== "string" && "global_shap_values" in one[1]);
}

export function numberOf(value: Figure | undefined): number | undefined {
  return value === null || value === undefined ? undefined : Number(value);
}

/** Four significant digits, or as many as are asked for; infinities as signs. */
export function written(value: Figure | undefined, digits = 4): string {
  const number = numberOf(value);
  if (number === undefined) return "–";
  if (!Number.isFinite(number)) return Number.isNaN(number) ? "NaN" : number > 0 ? "∞" : "−∞";
  return String(Number(number.toPrecision(digits))).replace("-", "−");
}

/** As SageMaker Studio prints a figure of bias: two significant digits. */
export const ROUNDED = 2;
/** As many as tell a figure apart from that of another program. */
export const FULL = 10;

/** What an output of a model is called: `label0` is what Clarify says where nobody named it. */
export function outputName(label: string): string {
  const unnamed = /^label(\d+)$/.exec(label);
  return unnamed === null ? label : `output ${Number(unnamed[1]) + 1}`;
}

/** Whether the only output has no name of its own, so that there is nothing to say of it. */
export function isUnnamed(labels: readonly string[]): boolean {
  return labels.length === 1 && labels[0] === "label0";
}

/** The name that a figure has as a metric of its run. */
export function metricName(stage: Stage, key: string, facet: string, value: string, several: boolean): string {
  return `bias.${stage}.${key}.${facet}${several ? `=${value}` : ""}`;
}

/** Finite ends of a scale that hold the value where it is finite. */
export function ends(metric: BiasMetric, value: number | undefined): readonly [number, number] {
  const [low, high] = [Number(metric.low), Number(metric.high)];
  const reach = value !== undefined && Number.isFinite(value) ? Math.max(1, Math.abs(value) * 1.15, metric.ideal !== 0 ? 2 : 0) : 1;
  return [Number.isFinite(low) ? low : -reach, Number.isFinite(high) ? high : Math.max(reach, metric.ideal * 2)];
}

/** What a value says, in words; empty where there is none. */
export function verdict(metric: BiasMetric, value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return "";
  const line = value === metric.ideal ? (metric.lines["Zero"] ?? metric.lines["One"]) : metric.lines[value > metric.ideal ? "Above" : "Below"];
  return line === undefined ? "" : line.charAt(0).toUpperCase() + line.slice(1);
}

export interface FacetChoice {
  readonly facet: string;
  readonly values: readonly string[];
}

/** The facets that were looked at, with their values, in the report's order. */
export function facetsOf(analysis: Analysis | undefined): readonly FacetChoice[] {
  const found = stageOf(analysis, "post")?.facets ?? {};
  const all = { ...stageOf(analysis, "pre")?.facets, ...found };
  return Object.entries(all).map(([facet, values]) => ({ facet, values: values.map((one) => one.value_or_threshold) }));
}

export function figuresOf(analysis: Analysis | undefined, stage: Stage, facet: string): readonly FacetFigures[] {
  return stageOf(analysis, stage)?.facets[facet] ?? [];
}

export function figureOf(held: readonly FacetFigures[], value: string, key: string): BiasFigure | undefined {
  return held.find((one) => one.value_or_threshold === value)?.metrics.find((one) => one.name === key);
}
