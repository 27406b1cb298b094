/** Deeds to the chosen records: tags, moving, deleting, deploying. Each says how far it came and what failed. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState, type ReactNode } from "react";
import { properties, table } from "@/api/own";
import { notify } from "@/app/notices";
import { Ask } from "@/parts/ask";
import { refreshLists } from "@/parts/delete";
import { Failure } from "@/parts/failure";
import { allOf, each, firstOf, type Chosen, type Named, type Outcome } from "@/records/chosen";
import { addTags, deleteOf, deleteTags, moveRun, total, weighRun } from "@/records/deeds";

interface Props {
  readonly chosen: Chosen;
  readonly close: (changed: boolean) => void;
}

interface DeedProps extends Props {
  readonly title: string;
  readonly verb: string;
  /** "Tagged", for what is told afterwards. */
  readonly past: string;
  readonly deed: ((one: Named) => Promise<unknown>) | undefined;
  readonly children: ReactNode;
}

function Deed({ chosen, close, title, verb, past, deed, children }: DeedProps) {
  // The count is that of the start: records may cease to match while they are changed.
  const [acted, setActed] = useState<Chosen>();
  const { count, state } = acted ?? chosen;
  const [done, setDone] = useState<number>();
  const [outcome, setOutcome] = useState<Outcome>();
  const [error, setError] = useState<unknown>();
  const stop = useRef<AbortController>(undefined);
  const [stopping, setStopping] = useState(false);
  const queries = useQueryClient();
  const busy = done !== undefined && outcome === undefined && error === undefined;
  async function act(): Promise<void> {
    if (deed === undefined) return;
    setActed(chosen);
    setDone(0);
    setError(undefined);
    setStopping(false);
    stop.current = new AbortController();
    const result = await each(allOf(chosen, stop.current.signal), deed, setDone, stop.current.signal).catch((failure: unknown) => {
      setError(failure);
      return undefined;
    });
    await refreshLists(queries);
    if (result === undefined) return;
    if (result.done > 0) notify("success", `${past} ${result.done.toLocaleString()} ${result.done === 1 ? state.kind.one : state.kind.label.toLowerCase()}.`);
    if (result.failures === 0 && !result.stopped) close(true);
    else setOutcome(result);
  }
  function leave(): void {
    if (!busy) return close(done !== undefined);
    setStopping(true);
    stop.current?.abort();
  }
  return (
    <Ask title={title} verb={verb} act={() => void act()} close={leave} busy={busy} leave={busy ? (stopping ? "Stopping" : "Stop") : done === undefined ? "Cancel" : "Close"} disabled={deed === undefined || outcome !== undefined}>
      <SpaceBetween size="m">
        {!busy && outcome === undefined && children}
        {busy && count > 4 && <ProgressBar value={(100 * done) / count} label={`${done.toLocaleString()} of ${count.toLocaleString()}`} description="Keep this page open: what is done stays done, the rest waits for it." />}
        {outcome !== undefined && (
          <Alert type="warning" header={summary(outcome, count)}>
            {outcome.failed.map((one) => <div key={one.name}>{one.name}: {one.why}</div>)}
            {outcome.failures > outcome.failed.length && <div>and {(outcome.failures - outcome.failed.length).toLocaleString()} more.</div>}
          </Alert>
        )}
        {error !== undefined && done !== undefined && done > 0 && <Box>{done.toLocaleString()} of {count.toLocaleString()} were reached before it ended.</Box>}
        {error !== undefined && <Failure error={error} />}
      </SpaceBetween>
    </Ask>
  );
}

function summary({ done, failures, stopped }: Outcome, count: number): string {
  const parts = [`${done.toLocaleString()} of ${count.toLocaleString()} done`, ...(failures === 0 ? [] : [`${failures.toLocaleString()} failed`])];
  return `${stopped ? "Stopped: " : ""}${parts.join(", ")}`;
}

function many(chosen: Chosen): string {
  return chosen.count === 1 ? (chosen.rows[0]?.name ?? `one ${chosen.state.kind.one}`) : `${chosen.count.toLocaleString()} ${chosen.state.kind.label.toLowerCase()}`;
}

export function TagThem({ chosen, close }: Props) {
  const [key, setKey] = useState("");
  const [value, setValue] = useState("");
  return (
    <Deed chosen={chosen} close={close} title={`Tag ${many(chosen)}`} verb="Tag" past="Tagged" deed={key.trim() === "" ? undefined : addTags([{ Key: key.trim(), Value: value }])}>
      <FormField label="Key"><Input value={key} onChange={({ detail }) => setKey(detail.value)} autoFocus /></FormField>
      <FormField label="Value" description="A tag of the same key gets this value."><Input value={value} onChange={({ detail }) => setValue(detail.value)} /></FormField>
    </Deed>
  );
}

export function UntagThem({ chosen, close }: Props) {
  const { resource } = chosen.state.kind;
  const [key, setKey] = useState("");
  const known = useQuery({ queryKey: ["properties", resource, "Tags.", chosen.where, 200], queryFn: ({ signal }) => properties(resource, "Tags.", 200, chosen.where, signal) });
  const keys = (known.data ?? []).filter((one) => one.name.startsWith("Tags.")).map((one) => ({ value: one.name.slice("Tags.".length), label: one.name.slice("Tags.".length), tags: [`${one.count}`] }));
  return (
    <Deed chosen={chosen} close={close} title={`Take a tag from ${many(chosen)}`} verb="Take away" past="Took the tag from" deed={key === "" ? undefined : deleteTags([key])}>
      <FormField label="Key"><Select selectedOption={key === "" ? null : { value: key, label: key }} options={keys} filteringType="auto" filteringAriaLabel="Find a tag" placeholder="A tag" empty="They have none." onChange={({ detail }) => setKey(detail.selectedOption.value ?? "")} /></FormField>
    </Deed>
  );
}

export function MoveThem({ chosen, close }: Props) {
  const [text, setText] = useState("");
  const [to, setTo] = useState("");
  const found = useQuery({ queryKey: ["table", "experiment", "to move", text], queryFn: ({ signal }) => table({ resource: "experiment", where: text === "" ? "" : `ExperimentName contains ${JSON.stringify(text)}`, columns: [], limit: 50 }, signal) });
  return (
    <Deed chosen={chosen} close={close} title={`Move ${many(chosen)} to another experiment`} verb="Move" past="Moved" deed={to === "" ? undefined : moveRun(to)}>
      <FormField label="Experiment" description="They leave the experiments that they are in; everything that was logged comes along.">
        <Select
          selectedOption={to === "" ? null : { value: to, label: to }}
          options={(found.data?.names ?? []).map((value) => ({ value, label: value }))}
          filteringType="manual"
          filteringAriaLabel="Find an experiment"
          onLoadItems={({ detail }) => setText(detail.filteringText)}
          statusType={found.isFetching ? "loading" : "finished"}
          loadingText="Looking"
          placeholder="An experiment"
          onChange={({ detail }) => setTo(detail.selectedOption.value ?? "")}
        />
      </FormField>
    </Deed>
  );
}

const WEIGHED = 20;
/** What a deletion stops and what it leaves, by kind. */
const ALONG: Readonly<Record<string, string>> = {
  endpoint: "They answer no more requests; the processes of their models stop. Their configurations and models stay.",
  model: "Endpoints that serve them go on, and configurations that name them stay; new endpoints of those cannot be made. Artifacts and lineage stay.",
};

export function DeleteThem({ chosen, close }: Props) {
  const { resource, label } = chosen.state.kind;
  const runs = resource === "run";
  const along = useQuery({
    queryKey: ["along", chosen.where, chosen.all, chosen.rows.map((one) => one.name)],
    queryFn: async () => Promise.all((await firstOf(chosen, WEIGHED)).map(({ name }) => weighRun(name))),
    enabled: runs,
  });
  const children = (along.data ?? []).flatMap((one) => one.children);
  return (
    <Deed chosen={chosen} close={close} title={`Delete ${many(chosen)}?`} verb="Delete" past="Deleted" deed={along.isLoading ? undefined : deleteOf(resource)}>
      {runs && along.data !== undefined && (
        <Box>
          {chosen.count > WEIGHED ? `The first ${WEIGHED} take along ` : "With it goes: "}
          {total(along.data)}. Objects of artifacts stay where they are.
          {children.length > 0 && <div>These runs stay, without their parent: {children.slice(0, 10).join(", ")}{children.length > 10 ? " …" : ""}</div>}
        </Box>
      )}
      {along.error !== null && <Failure error={along.error} />}
      {ALONG[resource] !== undefined && <Box>{ALONG[resource]}</Box>}
      <Alert type="info">{chosen.count === 1 ? "It" : `The ${label.toLowerCase()}`} can be restored from the bin for 30 days.</Alert>
    </Deed>
  );
}
