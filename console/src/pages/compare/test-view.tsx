/** Whether a setting is really better: groups of runs that differ only by their seed, tested against each other. */
import Box from "@cloudscape-design/components/box";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import Table from "@cloudscape-design/components/table";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { own } from "@/api/client";
import { Bars } from "@/charts/bars";
import { write, type CompareState } from "@/pages/compare/state";
import type { Compared } from "@/pages/compare/use-compared";
import { verdict, type Comparison, type Group } from "@/pages/compare/verdict";
import { Failure } from "@/parts/failure";
import { show } from "@/query/show";

const GOALS = [
  { value: "", label: "Told from the name" },
  { value: "max", label: "Greater is better" },
  { value: "min", label: "Less is better" },
];

export function TestView({ state, compared, params }: { readonly state: CompareState; readonly compared: Compared; readonly params: URLSearchParams }) {
  const metric = params.get("metric") ?? compared.metrics[0];
  const goal = params.get("goal") ?? "";
  const request = { names: state.runs, metric, ...(goal === "" ? {} : { goal }) };
  const found = useQuery({ queryKey: ["compare", request], queryFn: ({ signal }) => own<Comparison>("compare", request, signal), enabled: metric !== undefined, placeholderData: keepPreviousData, retry: false });
  if (metric === undefined) return <Box textAlign="center" padding="l">{compared.pending ? <Spinner /> : "The runs have no metrics to be compared by."}</Box>;
  const answer = found.data;
  return (
    <SpaceBetween size="m">
      <SpaceBetween direction="horizontal" size="s">
        <Select selectedOption={{ value: metric, label: metric }} options={compared.metrics.slice(0, 500).map((value) => ({ value, label: value }))} filteringType="auto" onChange={({ detail }) => write({ metric: detail.selectedOption.value })} ariaLabel="Metric" filteringAriaLabel="Find a metric" />
        <Select selectedOption={GOALS.find((one) => one.value === goal) ?? GOALS[0]!} options={GOALS} onChange={({ detail }) => write({ goal: detail.selectedOption.value })} ariaLabel="What is better" />
      </SpaceBetween>
      {found.error !== null && <Failure error={found.error} retry={() => void found.refetch()} />}
      {answer === undefined ? (
        found.error === null && <Spinner size="large" />
      ) : (
        <>
          <Box variant="p" fontSize="heading-m">{verdict(answer)}</Box>
          <Bars label={`Mean of ${answer.metric} with its ${Math.round(100 * answer.confidence)} % interval`} bars={answer.groups.map((one) => ({ label: one.label, value: Number(one.mean), low: Number(one.low), high: Number(one.high) }))} />
          <GroupTable answer={answer} />
          <Box color="text-body-secondary">
            Runs with the same parameters except the seed are one group. Groups with the same seeds are tested by a paired t test, others by Welch's; p is corrected over all pairs of groups (Holm), since the winner was not known before.
          </Box>
        </>
      )}
    </SpaceBetween>
  );
}

function GroupTable({ answer }: { readonly answer: Comparison }) {
  const tests = new Map(answer.tests.filter((one) => one.first === 0).map((one) => [one.second, one]));
  return (
    <Table<Group & { readonly at: number }>
      items={answer.groups.map((one, at) => ({ ...one, at }))}
      trackBy="at"
      ariaLabels={{ tableLabel: "Groups of runs" }}
      columnDefinitions={[
        { id: "label", header: "Group", cell: (one) => one.label, isRowHeader: true },
        { id: "n", header: "Runs", cell: (one) => <div className="numeric">{one.n}</div> },
        ...(["mean", "std", "low", "high"] as const).map((id) => ({ id, header: { mean: "Mean", std: "Std", low: "From", high: "To" }[id], cell: (one: Group) => <div className="numeric">{show(one[id], "number")}</div> })),
        { id: "method", header: "Test against the best", cell: (one) => tests.get(one.at)?.method ?? (one.at === 0 ? "the best" : "–") },
        { id: "difference", header: "Difference", cell: (one) => <div className="numeric">{show(tests.get(one.at)?.difference ?? null, "number")}</div> },
        { id: "p", header: "p, corrected", cell: (one) => <div className="numeric">{show(tests.get(one.at)?.p_holm ?? null, "number")}</div> },
      ]}
    />
  );
}
