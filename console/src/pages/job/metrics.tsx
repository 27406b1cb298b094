/** The metrics of a training job, as its record has them. */
import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import Table from "@cloudscape-design/components/table";
import { useQuery } from "@tanstack/react-query";
import { useEvery } from "@/api/every";
import { matrix, properties } from "@/api/own";
import { Failure } from "@/parts/failure";
import { show } from "@/query/show";

const STATISTICS = ["Last", "Min", "Max", "Avg", "Count"] as const;

/** Statistics that the run of a job holds; the job's own record has the last values only. */
export function JobMetrics({ name, ended }: { readonly name: string; readonly ended: boolean }) {
  const found = useQuery({
    queryKey: ["job-metrics", name],
    queryFn: async ({ signal }) => {
      const run = `${name}-aws-training-job`;
      const where = `TrialComponentName = ${JSON.stringify(run)}`;
      const names = (await properties("run", "", 1_000, where, signal)).filter((one) => one.name.startsWith("Metrics.")).map((one) => one.name);
      const columns = names.flatMap((one) => STATISTICS.map((statistic) => (statistic === "Last" ? one : `${one}.${statistic.toLowerCase()}`)));
      const answer = await matrix({ resource: "run", names: [run], columns }, signal);
      return names.map((one) => ({
        name: one.slice("Metrics.".length),
        cells: STATISTICS.map((statistic) => answer.columns[statistic === "Last" ? one : `${one}.${statistic.toLowerCase()}`]?.[0]),
      }));
    },
  });
  useEvery(2_000, !ended, () => void found.refetch());
  if (found.error !== null) return <Failure error={found.error} retry={() => void found.refetch()} />;
  return (
    <Table
      header={<Header variant="h2" counter={`(${found.data?.length ?? 0})`}>Metrics</Header>}
      items={found.data ?? []}
      loading={found.isPending}
      loadingText="Loading"
      trackBy="name"
      ariaLabels={{ tableLabel: "Metrics" }}
      columnDefinitions={[
        { id: "name", header: "Name", cell: (one) => one.name, isRowHeader: true },
        ...STATISTICS.map((statistic, at) => ({ id: statistic, header: statistic, cell: (one: NonNullable<typeof found.data>[number]) => show(one.cells[at], "number") || "–" })),
      ]}
      empty={<Box textAlign="center">No metrics. MetricDefinitions are read from the log while a job runs.</Box>}
    />
  );
}
