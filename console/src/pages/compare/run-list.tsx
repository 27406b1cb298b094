/** The compared runs: their colours, to be hidden, taken away, or more added. */
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { table } from "@/api/own";
import { link } from "@/app/router";
import { strokes } from "@/charts/colours";
import { highlight, useHighlighted } from "@/charts/highlight";
import { joined, MOST_RUNS, write, writeRuns, type CompareState } from "@/pages/compare/state";

export function RunList({ state }: { readonly state: CompareState }) {
  const lit = useHighlighted();
  const lines = strokes(state.runs);
  return (
    <SpaceBetween size="xs">
      <ul className="run-list" aria-label="Compared runs">
        {state.runs.map((run) => {
          const hidden = state.hidden.has(run);
          return (
            <li key={run} className={`${lit === run ? "is-lit" : ""} ${hidden ? "is-hidden" : ""}`} onMouseEnter={() => highlight(run)} onMouseLeave={() => highlight(undefined)}>
              <span className="chart-sign" style={{ background: lines.get(run)?.colour ?? "gray" }} />
              <span className="run-name"><Link href={link(["runs", run])} fontSize="body-s">{run}</Link></span>
              <Button variant="inline-icon" iconName={hidden ? "view-full" : "close"} ariaLabel={hidden ? `Show ${run} in the charts` : `Hide ${run} in the charts`} onClick={() => write({ hidden: joined(hidden ? [...state.hidden].filter((one) => one !== run) : [...state.hidden, run]) })} />
              <Button variant="inline-icon" iconName="remove" ariaLabel={`Take ${run} out of the comparison`} onClick={() => writeRuns(state.runs.filter((one) => one !== run))} />
            </li>
          );
        })}
      </ul>
      <AddRun runs={state.runs} />
    </SpaceBetween>
  );
}

function AddRun({ runs }: { readonly runs: readonly string[] }) {
  const [text, setText] = useState("");
  const found = useQuery({
    queryKey: ["run-names", text],
    queryFn: ({ signal }) => table({ resource: "run", where: text.trim() === "" ? "" : `TrialComponentName contains ${JSON.stringify(text.trim())}`, sort: ["-CreationTime"], columns: [], limit: 100 }, signal),
    placeholderData: (before) => before,
  });
  if (runs.length >= MOST_RUNS) return null;
  return (
    <Select
      selectedOption={null}
      placeholder="Add a run"
      options={(found.data?.names ?? []).filter((one) => !runs.includes(one)).map((value) => ({ value, label: value }))}
      filteringType="manual"
      filteringAriaLabel="Find a run"
      onLoadItems={({ detail }) => setText(detail.filteringText)}
      statusType={found.isFetching ? "loading" : "finished"}
      loadingText="Looking"
      empty="No other run."
      onChange={({ detail }) => writeRuns([...runs, detail.selectedOption.value ?? ""])}
      ariaLabel="Add a run"
    />
  );
}
