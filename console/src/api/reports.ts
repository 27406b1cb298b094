/** Bias and explanation reports, as `reports`, `reports_compare`, `report_rows` and `bias_metrics` give them. */
import { useQuery } from "@tanstack/react-query";
import { own } from "@/api/client";

/** A number, the text of one that JSON lacks, or none with a reason beside it. */
export type Figure = number | string | null;

export interface BiasFigure {
  readonly name: string;
  readonly description: string;
  readonly value: Figure;
  readonly error?: string;
}

export interface FacetFigures {
  readonly value_or_threshold: string;
  readonly metrics: readonly BiasFigure[];
}

export interface StageFigures {
  readonly label: string;
  readonly label_value_or_threshold?: string;
  readonly facets: Readonly<Record<string, readonly FacetFigures[]>>;
  readonly error?: string;
}

export interface Importance {
  readonly global_shap_values: Readonly<Record<string, number>>;
  readonly global_standard_error?: Readonly<Record<string, number>>;
  readonly expected_value?: number;
}

export interface Dependence {
  readonly feature_name: string;
  readonly data_type: string;
  readonly feature_values?: readonly (number | string)[];
  readonly model_predictions?: readonly (readonly number[])[];
  readonly data_distribution?: readonly number[];
  readonly label_headers?: readonly string[];
  readonly error?: string;
}

export interface Analysis {
  readonly pre_training_bias_metrics?: StageFigures;
  readonly post_training_bias_metrics?: StageFigures;
  readonly explanations?: { readonly kernel_shap?: Readonly<Record<string, Importance | string>>; readonly pdp?: readonly Dependence[] };
}

export interface Report {
  readonly name: string;
  readonly uri: string;
  readonly made: number | null;
  readonly files: Readonly<Record<string, string>>;
  readonly analysis?: Analysis;
  readonly error?: string;
}

export type Stage = "pre" | "post";

export interface BiasMetric {
  readonly key: string;
  readonly stage: Stage;
  readonly title: string;
  readonly text: string;
  readonly low: Figure;
  readonly high: Figure;
  readonly ideal: number;
  /** Formula, Range, Zero or One (the ideal), Above, Below, Ours, Source. */
  readonly lines: Readonly<Record<string, string>>;
}

export function useReports(run: string) {
  return useQuery({ queryKey: ["reports", run], queryFn: async ({ signal }) => (await own<{ reports: readonly Report[] }>("reports", { run }, signal)).reports });
}

export function useBiasMetrics() {
  return useQuery({ queryKey: ["bias-metrics"], staleTime: Infinity, queryFn: async ({ signal }) => (await own<{ metrics: readonly BiasMetric[] }>("bias_metrics", {}, signal)).metrics });
}

export interface Comparison {
  readonly runs: readonly string[];
  readonly metrics: readonly { readonly name: string; readonly values: readonly Figure[] }[];
}

export function useComparison(runs: readonly string[]) {
  return useQuery({ queryKey: ["reports-compare", runs], enabled: runs.length > 0, queryFn: ({ signal }) => own<Comparison>("reports_compare", { runs }, signal) });
}

export interface LocalValues {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Figure[])[];
  readonly start: number;
  readonly count: number;
}

export function useLocalValues(run: string, report: string, start: number, enabled: boolean) {
  return useQuery({ queryKey: ["report-rows", run, report, start], enabled, queryFn: ({ signal }) => own<LocalValues>("report_rows", { run, report, start, limit: 1 }, signal) });
}
