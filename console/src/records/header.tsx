/** The head of a table of records: how many, what is new, and what can be done with them. */
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type ReactNode } from "react";
import type { TableAnswer } from "@/api/own";
import { change } from "@/app/router";
import { Actions } from "@/records/actions";
import type { Chosen } from "@/records/chosen";
import { ExportMenu } from "@/records/export-menu";
import { StatisticMenu } from "@/records/statistic-menu";
import type { State } from "@/records/state";
import { Views } from "@/records/views";

interface Props {
  readonly title: string;
  readonly full: boolean;
  readonly state: State;
  readonly pinned: string;
  readonly answer: TableAnswer | undefined;
  readonly chosen: Chosen;
  /** How many more there are than the table shows; undefined while it shows what there is. */
  readonly more: number | undefined;
  readonly refresh: () => void;
  readonly compare: () => void;
  readonly own: ReactNode;
}

export function RecordsHeader({ title, full, state, pinned, answer, chosen, more, refresh, compare, own }: Props) {
  const isRun = state.kind.resource === "run";
  const all = answer === undefined ? "" : answer.total.toLocaleString();
  const counter = answer === undefined ? "" : chosen.count > 0 ? `(${chosen.count.toLocaleString()}/${all})` : `(${all})`;
  return (
    <Header
      variant={full ? "h1" : "h2"}
      counter={counter}
      description={answer === undefined ? undefined : answer.ms < 1 ? "under 1 ms" : `${Math.round(answer.ms)} ms`}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          {more !== undefined && <Button iconName="refresh" onClick={refresh}>{more > 0 ? `${more.toLocaleString()} new: refresh` : "Changed: refresh"}</Button>}
          {own}
          <StatisticMenu state={state} />
          <Button onClick={() => change({ group: "1" })}>Group</Button>
          <Views state={state} />
          <ExportMenu state={state} pinned={pinned} total={answer?.total} />
          <Actions chosen={chosen} done={refresh} />
          {isRun && (
            <Button variant="primary" disabled={chosen.count < 2} onClick={compare}>
              {chosen.count < 2 ? "Compare" : `Compare (${Math.min(chosen.count, 100)})`}
            </Button>
          )}
        </SpaceBetween>
      }
    >
      {title}
    </Header>
  );
}
