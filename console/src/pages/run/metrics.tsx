/** Every metric of a run as a chart. */
import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { MetricCharts } from "@/pages/run/metric-charts";
import { SYSTEM } from "@/pages/run/record";
import type { TabProps } from "@/pages/run/tabs";

export default function MetricsTab({ run, params }: TabProps) {
  const summaries = run.Metrics.filter((one) => !one.MetricName.startsWith(SYSTEM));
  if (summaries.length === 0) {
    return (
      <Box textAlign="center" padding="l">
        <SpaceBetween size="xs">
          <Box variant="strong">No metrics yet.</Box>
          <Box>A line of Python logs the first point:</Box>
          <pre className="mono program left" tabIndex={0}>{'run.log_metric("loss", 0.5, step=0)'}</pre>
        </SpaceBetween>
      </Box>
    );
  }
  return <MetricCharts run={run} params={params} summaries={summaries} />;
}
