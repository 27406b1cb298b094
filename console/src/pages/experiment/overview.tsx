/** What an experiment is about: description, hypothesis and notes, edited in place; tags; its run groups. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { aws } from "@/api/aws";
import { own } from "@/api/client";
import { groups } from "@/api/groups";
import { attempt } from "@/app/notices";
import { link } from "@/app/router";
import { useFreshList } from "@/live/news";
import { EditableLine, EditableMarkdown } from "@/pages/run/editable";
import { Copied, Facts } from "@/parts/facts";
import { Failure } from "@/parts/failure";
import { Tags } from "@/parts/tags";
import { When } from "@/parts/when";
import { encode } from "@/query/filter";

export interface Experiment {
  readonly ExperimentName: string;
  readonly ExperimentArn: string;
  readonly DisplayName?: string;
  readonly Description?: string;
  readonly CreationTime?: number;
  readonly LastModifiedTime?: number;
  readonly CreatedBy?: { readonly UserProfileName?: string };
  readonly notes?: string;
  readonly hypothesis?: string;
}

export function Overview({ experiment, where, changed }: { readonly experiment: Experiment; readonly where: string; readonly changed: () => void }) {
  const name = experiment.ExperimentName;
  const note = async (told: object) => {
    await own("experiment_note", { name, ...told });
    changed();
  };
  const update = async (told: object) => {
    await aws("UpdateExperiment", { ExperimentName: name, ...told });
    changed();
  };
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Experiment</Header>}>
        <Facts
          items={[
            { label: "Display name", value: <EditableLine label="display name" text={experiment.DisplayName ?? name} save={(DisplayName) => update({ DisplayName })} /> },
            { label: "Description", value: <EditableLine label="description" text={experiment.Description ?? ""} save={(Description) => update({ Description })}>{experiment.Description || "–"}</EditableLine> },
            { label: "ARN", value: <Copied text={experiment.ExperimentArn} /> },
            { label: "Created", value: <When at={experiment.CreationTime} /> },
            { label: "Last changed", value: <When at={experiment.LastModifiedTime} /> },
            { label: "By", value: experiment.CreatedBy?.UserProfileName },
          ]}
        />
      </Container>
      <ColumnLayout columns={2}>
        <EditableMarkdown label="Hypothesis" text={experiment.hypothesis ?? ""} empty="What is this to show? Say it before the first run." save={(hypothesis) => note({ hypothesis })} />
        <EditableMarkdown label="Notes" text={experiment.notes ?? ""} empty="No notes yet. Markdown is shown as such." save={(notes) => note({ notes })} />
      </ColumnLayout>
      <RunGroups name={name} where={where} />
      <Tags arn={experiment.ExperimentArn} resource="experiment" />
    </SpaceBetween>
  );
}

/** SageMaker's trials: groups of runs within an experiment. */
function RunGroups({ name, where }: { readonly name: string; readonly where: string }) {
  const [made, setMade] = useState("");
  const found = useQuery({
    queryKey: ["run-groups", name],
    queryFn: async ({ signal }) => {
      const [list, counts] = await Promise.all([
        aws("ListTrials", { ExperimentName: name, MaxResults: 100, SortBy: "CreationTime", SortOrder: "Descending" }, signal),
        groups({ resource: "run", where, by: ["Parents.TrialName"], aggregates: [], limit: 10_000 }, signal),
      ]);
      const runs = new Map((counts.by["Parents.TrialName"] ?? []).map((trial, at) => [String(trial), counts.counts[at] ?? 0]));
      return { more: list.NextToken !== undefined, rows: (list.TrialSummaries ?? []).map((one) => ({ name: one.TrialName ?? "", created: one.CreationTime, runs: runs.get(one.TrialName ?? "") ?? 0 })) };
    },
  });
  useFreshList(["search:run"], found.refetch);
  const create = async () => {
    if (await attempt(() => aws("CreateTrial", { TrialName: made, ExperimentName: name }), `Made the run group ${made}.`)) {
      setMade("");
      await found.refetch();
    }
  };
  const remove = async (trial: string) => {
    await attempt(() => aws("DeleteTrial", { TrialName: trial }), `Deleted ${trial}. It is in the bin for 30 days.`);
    await found.refetch();
  };
  return (
    <Table
      variant="container"
      header={<Header variant="h2" counter={`(${found.data?.rows.length ?? 0}${found.data?.more === true ? "+" : ""})`}>Run groups</Header>}
      items={found.data?.rows ?? []}
      trackBy="name"
      loading={found.isPending}
      loadingText="Loading"
      ariaLabels={{ tableLabel: "Run groups" }}
      columnDefinitions={[
        { id: "name", header: "Name", isRowHeader: true, cell: (one) => <Link href={link(["search"], { f: encode({ join: "and", nodes: [{ property: "Parents.TrialName", operator: "=", values: [one.name] }] }) })}>{one.name}</Link> },
        { id: "runs", header: "Runs", cell: (one) => one.runs },
        { id: "created", header: "Created", cell: (one) => <When at={one.created} /> },
        { id: "delete", header: "Delete", width: 90, cell: (one) => one.runs === 0 && <Button variant="inline-icon" iconName="remove" ariaLabel={`Delete the run group ${one.name}`} onClick={() => void remove(one.name)} /> },
      ]}
      empty={<Box textAlign="center">None.</Box>}
      footer={
        <SpaceBetween size="xs">
          {found.error !== null && <Failure error={found.error} retry={() => void found.refetch()} />}
          <form onSubmit={(event) => { event.preventDefault(); if (made !== "") void create(); }}>
            <SpaceBetween direction="horizontal" size="xs">
              <Input value={made} onChange={({ detail }) => setMade(detail.value)} placeholder="Name" ariaLabel="Name of a new run group" />
              <Button disabled={made === ""}>Add run group</Button>
            </SpaceBetween>
          </form>
        </SpaceBetween>
      }
    />
  );
}
