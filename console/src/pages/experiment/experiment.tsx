/** An experiment: what it is about, its runs, charts over them, the best of them compared. */
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { aws } from "@/api/aws";
import { own } from "@/api/client";
import { attempt } from "@/app/notices";
import { go } from "@/app/router";
import { useRunKind } from "@/pages/experiment/columns";
import { CompareBest } from "@/pages/experiment/compare-best";
import { Overview, type Experiment } from "@/pages/experiment/overview";
import { AddressedTabs } from "@/parts/addressed-tabs";
import { Confirm, refreshLists } from "@/parts/delete";
import { Loaded } from "@/parts/loaded";
import { Nothing } from "@/parts/nothing";
import { quotedName } from "@/query/filter";
import { RecordSearch } from "@/records/record-search";

const Charts = lazy(() => import("@/pages/experiment/charts"));

export function ExperimentPage({ name, params }: { readonly name: string; readonly params: URLSearchParams }) {
  const found = useQuery({ queryKey: ["experiment", name], queryFn: ({ signal }) => own<Experiment>("experiment", { name }, signal) });
  const where = `${quotedName("Parents.ExperimentName")} = ${JSON.stringify(name)}`;
  return (
    <Loaded of={found} title={name}>
      {(experiment) => (
        <SpaceBetween size="l">
          <Header variant="h1" description={experiment.Description} actions={<Delete name={name} />}>
            {experiment.DisplayName ?? name}
          </Header>
          <AddressedTabs
            params={params}
            tabs={[
              {
                id: "runs",
                label: "Runs",
                content: <Runs name={name} where={where} params={params} />,
              },
              { id: "overview", label: "Overview", content: <Overview experiment={experiment} where={where} changed={() => void found.refetch()} /> },
              { id: "charts", label: "Charts", content: <Suspense><Charts where={where} params={params} /></Suspense> },
              { id: "compare", label: "Compare best", content: <CompareBest name={name} where={where} params={params} /> },
            ]}
          />
        </SpaceBetween>
      )}
    </Loaded>
  );
}

function Runs({ name, where, params }: { readonly name: string; readonly where: string; readonly params: URLSearchParams }) {
  const { kind } = useRunKind(name, where);
  if (kind === undefined) return <Spinner size="large" />;
  const program = `with Run(${JSON.stringify(name)}) as run:\n    run.log_metric("loss", 0.5, step=0)`;
  return <RecordSearch params={params} kind={kind} pinned={where} title="Runs" variant="container" empty={<Nothing what="runs" program={program} />} />;
}

function Delete({ name }: { readonly name: string }) {
  const [asked, setAsked] = useState(false);
  const queries = useQueryClient();
  const groups = useQuery({ queryKey: ["run-groups-of", name], queryFn: ({ signal }) => aws("ListTrials", { ExperimentName: name, MaxResults: 100 }, signal), enabled: asked });
  const held = groups.data?.TrialSummaries ?? [];
  async function remove(): Promise<void> {
    setAsked(false);
    if (!(await attempt(() => aws("DeleteExperiment", { ExperimentName: name }), `Deleted ${name}. It is in the bin for 30 days.`))) return;
    await refreshLists(queries);
    go("#/experiments");
  }
  return (
    <>
      <Button onClick={() => setAsked(true)}>Delete</Button>
      <Confirm visible={asked} title={`Delete the experiment ${name}?`} button="Delete" done={() => setAsked(false)} confirm={() => void remove()} disabled={groups.isPending || held.length > 0}>
        {held.length > 0 && <>It still has {held.length} {held.length === 1 ? "run group" : "run groups"}: move or delete their runs, then the groups, first.</>}
      </Confirm>
    </>
  );
}
