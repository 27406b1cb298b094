/** Charts over the runs that a condition finds, up to 10,000: lines over axes, or points over two of them. */
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useQuery } from "@tanstack/react-query";
import { matrix, properties } from "@/api/own";
import { ParallelView, ScatterView } from "@/pages/compare/space-view";
import type { Compared } from "@/pages/compare/use-compared";

const MOST_RUNS = 10_000;
const MOST_COLUMNS = 100;
const AXIS = /^(Parameters|Metrics|Tags)\./;
const HIDDEN = /^Tags\.(sagemaker|trialbook|aws):|^Metrics\.system\./;

/** What the runs have, most common first: enough for axes, whatever an experiment logged. */
async function read(where: string, signal: AbortSignal): Promise<Pick<Compared, "attributes" | "names" | "arns">> {
  const known = await properties("run", "", 10_000, where, signal);
  const chosen = known.filter((one) => AXIS.test(one.name) && !HIDDEN.test(one.name)).toSorted((a, b) => b.count - a.count).slice(0, MOST_COLUMNS);
  const columns = chosen.map((one) => one.name);
  const answer = await matrix({ resource: "run", where, columns, limit: MOST_RUNS }, signal);
  const attributes = columns.map((name) => ({ name, type: answer.types[name] ?? "mixed", cells: answer.columns[name] ?? [] }));
  return { attributes, names: answer.names, arns: answer.arns };
}

export default function Charts({ where, params }: { readonly where: string; readonly params: URLSearchParams }) {
  const found = useQuery({ queryKey: ["experiment-charts", where], queryFn: ({ signal }) => read(where, signal), staleTime: 10_000 });
  if (found.error !== null) return <Alert type="error" action={<Button onClick={() => void found.refetch()}>Try again</Button>}>{found.error.message}</Alert>;
  if (found.data === undefined) return <Spinner size="large" />;
  const { attributes } = found.data;
  const metrics = attributes.filter((one) => one.name.startsWith("Metrics.")).map((one) => one.name.slice("Metrics.".length));
  const compared: Compared = { ...found.data, metrics, total: attributes.length, pending: false, error: null, again: () => void found.refetch() };
  const counter = `(${found.data.names.length.toLocaleString()} runs)`;
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2" counter={counter}>Parallel coordinates</Header>}>
        <ParallelView compared={compared} params={params} />
      </Container>
      <Container header={<Header variant="h2" counter={counter}>Scatter</Header>}>
        <ScatterView compared={compared} params={params} />
      </Container>
    </SpaceBetween>
  );
}
