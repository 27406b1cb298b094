/** The machine's figures while the run went on. */
import Box from "@cloudscape-design/components/box";
import { MetricCharts } from "@/pages/run/metric-charts";
import { SYSTEM } from "@/pages/run/record";
import type { TabProps } from "@/pages/run/tabs";

export default function SystemTab({ run, params }: TabProps) {
  const summaries = run.Metrics.filter((one) => one.MetricName.startsWith(SYSTEM));
  if (summaries.length === 0) return <Box textAlign="center" padding="l">No figures of the machine: a run that lasts longer than a few seconds has them, unless capture is off.</Box>;
  const timed = new URLSearchParams(params);
  if (!timed.has("x")) timed.set("x", "relative");
  return <MetricCharts run={run} params={timed} summaries={summaries} without={SYSTEM} />;
}
