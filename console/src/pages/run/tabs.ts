/** The tabs of a run's page, each loaded when it is first shown. */
import { lazy, type ComponentType, type LazyExoticComponent } from "react";
import type { RunRecord } from "@/pages/run/record";

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
  { id: "metrics", label: "Metrics", content: lazy(() => import("@/pages/run/metrics")), count: (run) => run.Metrics.filter((one) => !one.MetricName.startsWith("system.")).length },
];
