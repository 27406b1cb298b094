/** One run: what it was given, what it did, what came out of it, live while it goes on. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import Tabs from "@cloudscape-design/components/tabs";
import { Suspense, useRef, useState } from "react";
import { change, link } from "@/app/router";
import { useKeys } from "@/app/keys";
import type { PageProps } from "@/app/routes";
import { Live, useTold } from "@/live/hub";
import { Actions, Deleted } from "@/pages/run/actions";
import { EditableLine } from "@/pages/run/editable";
import { rename } from "@/pages/run/edits";
import { goToNeighbour } from "@/pages/run/neighbours";
import { useRun } from "@/pages/run/record";
import { TABS } from "@/pages/run/tabs";
import { FailedPage } from "@/parts/failure";
import { Status } from "@/records/columns";
import "./run.css";

export default function RunPage({ rest, params }: PageProps) {
  const name = rest[0] ?? "";
  return (
    <Live runs={[name]} key={name}>
      <Run name={name} params={params} />
    </Live>
  );
}

const PERIOD = 1_000;
/** With run.css, all eleven tabs beside the navigation in a window of 1,280 pixels. */
const NARROW = { tab: { fontSize: "14px", paddingInline: "0px" } };

function Run({ name, params }: { readonly name: string; readonly params: URLSearchParams }) {
  const [gone, setGone] = useState(false);
  const found = useRun(name, !gone);
  const [edge, setEdge] = useState("");
  const due = useRef<ReturnType<typeof setTimeout>>(undefined);
  useTold((told) => {
    if (told.runs.at(-1)?.status === "Deleted") setGone(true);
    if (gone || told.runs.at(-1)?.status === "Deleted") return;
    if (told.points.length === 0 && told.runs.length === 0 && told.changed.size === 0) return;
    due.current ??= setTimeout(() => {
      due.current = undefined;
      void found.refetch();
    }, PERIOD);
  });
  const run = found.data;
  const refresh = (): void => void found.refetch();
  const turn = async (direction: 1 | -1): Promise<void> => {
    if (run !== undefined && !(await goToNeighbour(run, direction))) setEdge(direction === 1 ? "This is the newest run of its experiment." : "This is the oldest run of its experiment.");
  };
  useKeys({ "[": () => void turn(-1), "]": () => void turn(1) });
  if (run === undefined) return found.error === null ? <Waiting /> : <FailedPage title={name} error={found.error} retry={refresh} />;
  if (gone) {
    return (
      <Deleted
        arn={run.TrialComponentArn}
        name={name}
        back={() => {
          setGone(false);
          refresh();
        }}
      />
    );
  }
  const chosen = TABS.find((tab) => tab.id === params.get("tab")) ?? TABS[0]!;
  return (
    <SpaceBetween size="m">
      <Header
        variant="h1"
        description={
          <SpaceBetween direction="horizontal" size="s">
            <Status value={run.Status?.PrimaryStatus ?? "Unknown"} />
            {run.DisplayName === name ? "" : name}
          </SpaceBetween>
        }
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button iconName="angle-left" ariaLabel="The run before ([)" onClick={() => void turn(-1)} />
            <Button iconName="angle-right" ariaLabel="The next run (])" onClick={() => void turn(1)} />
            <Button href={link(["compare"], { runs: encodeURIComponent(name) })}>Compare</Button>
            <Actions run={run} refresh={refresh} onDeleted={() => setGone(true)} />
          </SpaceBetween>
        }
      >
        <EditableLine text={run.DisplayName ?? name} label="display name" save={async (text) => { await rename(name, text.trim()); refresh(); }} />
      </Header>
      {edge !== "" && <Alert type="info" dismissible onDismiss={() => setEdge("")}>{edge}</Alert>}
      <div className="run-tabs"><Tabs
        activeTabId={chosen.id}
        onChange={({ detail }) => change({ tab: detail.activeTabId === TABS[0]!.id ? undefined : detail.activeTabId, from: undefined, to: undefined, find: undefined, artifact: undefined, stream: undefined })}
        ariaLabel="Parts of the run"
        style={NARROW}
        tabs={TABS.map((tab) => ({
          id: tab.id,
          label: tab.count === undefined ? tab.label : `${tab.label} (${tab.count(run).toLocaleString()})`,
          content: tab.id === chosen.id && (
            <Suspense fallback={<Waiting />}>
              <tab.content run={run} params={params} refresh={refresh} />
            </Suspense>
          ),
        }))}
      /></div>
    </SpaceBetween>
  );
}

function Waiting() {
  return (
    <Box textAlign="center" padding="xxl">
      <Spinner size="large" /> <Box variant="span">Reading the run</Box>
    </Box>
  );
}
