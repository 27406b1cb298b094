/** The compared runs: their colours, to be hidden, taken away, or more added. */
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { memo, useMemo, useState } from "react";
import { table } from "@/api/own";
import { link } from "@/app/router";
import { strokes } from "@/charts/colours";
import { highlight, useIsHighlighted } from "@/charts/highlight";
import { joined, MOST_RUNS, write, writeRuns } from "@/pages/compare/state";

interface ListProps {
  readonly runs: readonly string[];
  readonly hidden: ReadonlySet<string>;
}

/** The list is long and its page is drawn often: it is drawn anew only for another list. */
export const RunList = memo(List, (one, two) => joined(one.runs) === joined(two.runs) && joined(one.hidden) === joined(two.hidden));

function List({ runs, hidden }: ListProps) {
  const lines = strokes(runs);
  return (
    <SpaceBetween size="xs">
      <ul className="run-list" aria-label="Compared runs">
        {runs.map((run) => (
          <Item
            key={run}
            run={run}
            colour={lines.get(run)?.colour ?? "gray"}
            hidden={hidden.has(run)}
            hide={(wanted) => write({ hidden: joined(wanted ? [...hidden, run] : [...hidden].filter((one) => one !== run)) })}
            remove={() => writeRuns(runs.filter((one) => one !== run))}
          />
        ))}
      </ul>
      <AddRun runs={runs} />
    </SpaceBetween>
  );
}

interface ItemProps {
  readonly run: string;
  readonly colour: string;
  readonly hidden: boolean;
  readonly hide: (wanted: boolean) => void;
  readonly remove: () => void;
}

function Item({ run, colour, hidden, hide, remove }: ItemProps) {
  const lit = useIsHighlighted(run);
  const controls = useMemo(
    () => (
      <>
        <span className="chart-sign" style={{ background: colour }} />
        <span className="run-name"><Link href={link(["runs", run])} fontSize="body-s">{run}</Link></span>
        <Button variant="inline-icon" iconName={hidden ? "view-full" : "close"} ariaLabel={hidden ? `Show ${run} in the charts` : `Hide ${run} in the charts`} onClick={() => hide(!hidden)} />
        <Button variant="inline-icon" iconName="remove" ariaLabel={`Take ${run} out of the comparison`} onClick={remove} />
      </>
    ),
    [run, colour, hidden, hide, remove],
  );
  return (
    <li className={`${lit ? "is-lit" : ""} ${hidden ? "is-hidden" : ""}`} onMouseEnter={() => highlight(run)} onMouseLeave={() => highlight(undefined)}>
      {controls}
    </li>
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
