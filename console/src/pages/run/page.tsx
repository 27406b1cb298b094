/** One run: what it was given, what it did, what came out of it, live while it goes on. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import Tabs from "@cloudscape-design/components/tabs";
import { Suspense, useRef } from "react";
import { ApiError } from "@/api/client";
import { change, link } from "@/app/router";
import type { PageProps } from "@/app/routes";
import { Live, useTold } from "@/live/hub";
import { useRun, type RunRecord } from "@/pages/run/record";
import { TABS } from "@/pages/run/tabs";
import { Status } from "@/records/columns";

export default function RunPage({ rest, params }: PageProps) {
  const name = rest[0] ?? "";
  return (
    <Live runs={[name]} key={name}>
      <Run name={name} params={params} />
    </Live>
  );
}

const PERIOD = 1_000;

function Run({ name, params }: { readonly name: string; readonly params: URLSearchParams }) {
  const found = useRun(name);
  const due = useRef<ReturnType<typeof setTimeout>>(undefined);
  useTold((told) => {
    if (told.points.length === 0 && told.runs.length === 0 && told.changed.size === 0) return;
    due.current ??= setTimeout(() => {
      due.current = undefined;
      void found.refetch();
    }, PERIOD);
  });
  if (found.data === undefined) return found.error === null ? <Waiting /> : <Failure error={found.error} again={() => void found.refetch()} />;
  const run = found.data;
  const chosen = TABS.find((tab) => tab.id === params.get("tab")) ?? TABS[0]!;
  return (
    <SpaceBetween size="m">
      <Crumbs run={run} />
      <Header variant="h1" description={run.DisplayName === name ? "" : name} info={<Status value={run.Status?.PrimaryStatus ?? "Unknown"} />}>
        {run.DisplayName ?? name}
      </Header>
      <Tabs
        activeTabId={chosen.id}
        onChange={({ detail }) => change({ tab: detail.activeTabId === TABS[0]!.id ? undefined : detail.activeTabId, from: undefined, to: undefined, find: undefined, artifact: undefined })}
        ariaLabel="Parts of the run"
        tabs={TABS.map((tab) => ({
          id: tab.id,
          label: tab.count === undefined ? tab.label : `${tab.label} (${tab.count(run).toLocaleString()})`,
          content: tab.id === chosen.id && (
            <Suspense fallback={<Waiting />}>
              <tab.content run={run} params={params} refresh={() => void found.refetch()} />
            </Suspense>
          ),
        }))}
      />
    </SpaceBetween>
  );
}

function Crumbs({ run }: { readonly run: RunRecord }) {
  const experiment = run.Parents[0]?.ExperimentName;
  return (
    <BreadcrumbGroup
      ariaLabel="Where this is"
      items={[
        { text: "Runs", href: "#/search" },
        ...(experiment === undefined ? [] : [{ text: experiment, href: link(["experiments", experiment]) }]),
        { text: run.DisplayName ?? run.TrialComponentName, href: link(["runs", run.TrialComponentName]) },
      ]}
    />
  );
}

function Waiting() {
  return (
    <Box textAlign="center" padding="xxl">
      <Spinner size="large" /> <Box variant="span">Reading the run</Box>
    </Box>
  );
}

function Failure({ error, again }: { readonly error: Error; readonly again: () => void }) {
  const told = error instanceof ApiError ? error : undefined;
  return (
    <Alert type="error" header={told?.code ?? "Error"} action={<Button onClick={again}>Try again</Button>}>
      {error.message}
      {told?.requestId !== undefined && <Box variant="small">Request {told.requestId}</Box>}
    </Alert>
  );
}
