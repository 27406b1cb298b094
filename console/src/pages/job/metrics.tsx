/** The metrics of a job as the run has them that holds its record: figures, and curves that grow while it runs. */
import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useEvery } from "@/api/every";
import { link } from "@/app/router";
import { Live } from "@/live/hub";
import { MetricCharts } from "@/pages/run/metric-charts";
import { MetricTable } from "@/pages/run/metric-table";
import { SYSTEM, useRun } from "@/pages/run/record";
import { Loaded } from "@/parts/loaded";

interface Props {
  /** The run's name; undefined while it is looked for, null where there is none. */
  readonly run: string | null | undefined;
  readonly ended: boolean;
  readonly params: URLSearchParams;
}

export default function JobMetrics({ run, ended, params }: Props) {
  if (run === undefined) return <Spinner size="large" />;
  if (run === null) return <None />;
  return (
    <Live runs={[run]} key={run}>
      <OfRun run={run} ended={ended} params={params} />
    </Live>
  );
}

function OfRun({ run, ended, params }: { readonly run: string; readonly ended: boolean; readonly params: URLSearchParams }) {
  const found = useRun(run);
  useEvery(2_000, !ended, () => void found.refetch());
  return (
    <Loaded of={found}>
      {(record) => {
        const summaries = record.Metrics.filter((one) => !one.MetricName.startsWith(SYSTEM));
        if (summaries.length === 0) return <None />;
        return (
          <SpaceBetween size="l">
            <Box>They are kept with the run <Link href={link(["runs", run], { tab: "metrics" })}>{run}</Link>, to be compared with those of others.</Box>
            <MetricTable run={record} />
            <MetricCharts run={record} params={params} summaries={summaries} />
          </SpaceBetween>
        );
      }}
    </Loaded>
  );
}

function None() {
  return <Box textAlign="center" padding="l">No metrics. MetricDefinitions are read from the log while a job runs.</Box>;
}
