/** The tabs of a run's page, each loaded when it is first shown. */
import { lazy, type ComponentType, type LazyExoticComponent } from "react";
import { withHistory } from "@/pages/run/history";
import { SYSTEM, type RunRecord } from "@/pages/run/record";

export interface TabProps {
  readonly run: RunRecord;
  readonly params: URLSearchParams;
  /** Read the run anew, after a change. */
  readonly refresh: () => void;
}

export interface Tab {
  readonly id: string;
  readonly label: string;
  readonly content: LazyExoticComponent<ComponentType<TabProps>>;
  /** How many things are inside, to be shown beside the label. */
  readonly count?: (run: RunRecord) => number;
}

export const TABS: readonly Tab[] = [
  { id: "overview", label: "Overview", content: lazy(() => import("@/pages/run/overview")) },
  { id: "metrics", label: "Metrics", content: lazy(() => import("@/pages/run/metrics")), count: (run) => run.Metrics.filter((one) => !one.MetricName.startsWith(SYSTEM)).length },
  { id: "charts", label: "Charts", content: lazy(() => import("@/pages/run/curves")) },
  { id: "inputs", label: "Inputs", content: lazy(() => import("@/pages/run/inputs")), count: (run) => withHistory(run.InputArtifacts).length },
  { id: "outputs", label: "Outputs", content: lazy(() => import("@/pages/run/outputs")), count: (run) => withHistory(run.OutputArtifacts).length },
  { id: "bias", label: "Bias reports", content: lazy(() => import("@/pages/run/bias")) },
  { id: "explanations", label: "Explanations", content: lazy(() => import("@/pages/run/explanations")) },
  { id: "logs", label: "Logs", content: lazy(() => import("@/pages/run/logs")) },
  { id: "system", label: "System", content: lazy(() => import("@/pages/run/system")) },
  { id: "lineage", label: "Lineage", content: lazy(() => import("@/pages/run/lineage")) },
  { id: "raw", label: "Raw", content: lazy(() => import("@/pages/run/raw")) },
];
