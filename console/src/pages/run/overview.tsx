/** A run at a glance: what and when, notes, tags, parameters, metrics, family, and where it ran. */
import Box from "@cloudscape-design/components/box";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs, { type KeyValuePairsProps } from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useEffect, useState, type ReactNode } from "react";
import { link } from "@/app/router";
import { Capture } from "@/pages/run/capture";
import { EditableMarkdown } from "@/pages/run/editable";
import { note } from "@/pages/run/edits";
import { MetricTable } from "@/pages/run/metric-table";
import { ParameterTable } from "@/pages/run/parameter-table";
import { isLive, type RunRecord } from "@/pages/run/record";
import type { TabProps } from "@/pages/run/tabs";
import { Tags } from "@/parts/tags";
import { showDuration, showTime } from "@/query/show";
import { Status } from "@/records/columns";

export default function OverviewTab({ run, refresh }: TabProps) {
  const name = run.TrialComponentName;
  const save = async (told: { readonly notes?: string; readonly hypothesis?: string }): Promise<void> => {
    await note(name, told);
    refresh();
  };
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Summary</Header>}>
        <KeyValuePairs columns={4} items={[...facts(run), ...relations(run)]} />
      </Container>
      <ColumnLayout columns={2}>
        <EditableMarkdown text={run.hypothesis ?? ""} label="Hypothesis" empty="What is this run to show?" save={(hypothesis) => save({ hypothesis })} />
        <EditableMarkdown text={run.notes ?? ""} label="Notes" empty="Nothing noted yet. Markdown is shown as such." save={(notes) => save({ notes })} />
      </ColumnLayout>
      <MetricTable run={run} />
      <ColumnLayout columns={2}>
        <ParameterTable run={run} />
        <Tags arn={run.TrialComponentArn} resource="run" />
      </ColumnLayout>
      <Capture run={run} />
    </SpaceBetween>
  );
}

function facts(run: RunRecord): KeyValuePairsProps.Item[] {
  const user = run.CreatedBy?.["UserProfileName"];
  const message = run.Status?.Message ?? "";
  return [
    {
      label: "Status",
      value: (
        <>
          <Status value={run.Status?.PrimaryStatus ?? "Unknown"} />
          {message !== "" && <pre className="mono program status-message" tabIndex={0}>{message}</pre>}
        </>
      ),
    },
    { label: "Started", value: run.StartTime === undefined ? "–" : showTime(run.StartTime) },
    { label: "Took", value: <Duration run={run} /> },
    { label: "Made", value: `${run.CreationTime === undefined ? "–" : showTime(run.CreationTime)}${typeof user === "string" ? ` by ${user}` : ""}` },
  ];
}

function relations(run: RunRecord): KeyValuePairsProps.Item[] {
  const items: KeyValuePairsProps.Item[] = [];
  const experiments = run.Parents.map((one): ReactNode => (
    <div key={one.TrialName}>
      <Link href={link(["experiments", one.ExperimentName])}>{one.ExperimentName}</Link> <Box variant="small" color="text-body-secondary">in {one.TrialName}</Box>
    </div>
  ));
  items.push({ label: "Experiment", value: experiments.length === 0 ? "None" : experiments });
  if (run.parent !== undefined) items.push({ label: "Parent", value: <RunLink name={run.parent} /> });
  const children = run.children ?? [];
  if (children.length > 0) items.push({ label: `Children (${children.length})`, value: children.slice(0, 20).map((one) => <div key={one}><RunLink name={one} /></div>) });
  const forked = run.forked?.["run"];
  if (typeof forked === "string") items.push({ label: "Continues", value: <><RunLink name={forked} />{typeof run.forked?.["step"] === "number" ? ` from step ${run.forked["step"]}` : ""}</> });
  const source = run.Source?.SourceArn;
  if (source !== undefined) items.push({ label: "Made by", value: <SourceLink arn={source} /> });
  return items;
}

function RunLink({ name }: { readonly name: string }) {
  return <Link href={link(["runs", name])}>{name}</Link>;
}

function SourceLink({ arn }: { readonly arn: string }) {
  const [, kind, name] = /:([a-z-]+-job)\/(.+)$/.exec(arn) ?? [];
  return kind !== undefined && name !== undefined ? <Link href={link(["jobs", kind, name])}>{`${kind.replaceAll("-", " ")} ${name}`}</Link> : <>{arn}</>;
}

function Duration({ run }: { readonly run: RunRecord }) {
  const live = isLive(run);
  const [now, setNow] = useState(() => Date.now() / 1000);
  useEffect(() => {
    if (!live) return undefined;
    const timer = setInterval(() => setNow(Date.now() / 1000), 1_000);
    return () => clearInterval(timer);
  }, [live]);
  if (run.StartTime === undefined) return <>–</>;
  if (live) return <>{showDuration(Math.max(0, now - run.StartTime))} so far</>;
  return <>{run.EndTime === undefined ? "–" : showDuration(run.EndTime - run.StartTime)}</>;
}
