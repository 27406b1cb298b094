/** What can be done to a run as a whole. What it takes along is said before it is done. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import FormField from "@cloudscape-design/components/form-field";
import Modal from "@cloudscape-design/components/modal";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { table } from "@/api/own";
import { move, remove, restore, stop, stopOf, weigh, type Weight } from "@/pages/run/edits";
import { isLive, type RunRecord } from "@/pages/run/record";

type Doing = "stop" | "delete" | "move";

interface ActionsProps {
  readonly run: RunRecord;
  readonly refresh: () => void;
  readonly onDeleted: () => void;
}

export function Actions({ run, refresh, onDeleted }: ActionsProps) {
  const [doing, setDoing] = useState<Doing>();
  const live = isLive(run);
  const close = (): void => setDoing(undefined);
  return (
    <>
      <ButtonDropdown
        items={[
          { id: "stop", text: "Stop", disabled: !live, disabledReason: "It is not in progress." },
          { id: "move", text: "Move to another experiment" },
          { id: "delete", text: "Delete", disabled: live, disabledReason: "Stop it first." },
        ]}
        onItemClick={({ detail }) => setDoing(detail.id as Doing)}
      >
        Actions
      </ButtonDropdown>
      {doing === "stop" && <Stop run={run} close={close} refresh={refresh} />}
      {doing === "move" && <Move run={run} close={close} refresh={refresh} />}
      {doing === "delete" && <Delete run={run} close={close} refresh={onDeleted} />}
    </>
  );
}

interface StepProps {
  readonly run: RunRecord;
  readonly close: () => void;
  readonly refresh: () => void;
}

interface QuestionProps {
  readonly title: string;
  readonly verb: string;
  readonly act: () => Promise<unknown>;
  readonly close: () => void;
  readonly disabled?: boolean;
  readonly children: ReactNode;
}

function Question({ title, verb, act, close, disabled = false, children }: QuestionProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");
  async function done(): Promise<void> {
    setBusy(true);
    try {
      await act();
      close();
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : String(problem));
      setBusy(false);
    }
  }
  return (
    <Modal
      visible
      header={title}
      onDismiss={close}
      closeAriaLabel="Close"
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button onClick={close}>Cancel</Button>
            <Button variant="primary" loading={busy} disabled={disabled} onClick={() => void done()}>{verb}</Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="s">
        {children}
        {error !== "" && <Alert type="error">{error}</Alert>}
      </SpaceBetween>
    </Modal>
  );
}

function Stop({ run, close, refresh }: StepProps) {
  const source = run.Source?.SourceArn;
  const job = stopOf(source);
  return (
    <Question title="Stop this run?" verb="Stop" close={close} act={async () => { await stop(run.TrialComponentName, source); refresh(); }}>
      <Box>
        {job === undefined
          ? "The record is marked as stopped. A program that still runs somewhere is not ended by it: Trialbook ends only what it started."
          : "The job behind the run is stopped; what it wrote until then is kept."}
      </Box>
    </Question>
  );
}

function Move({ run, close, refresh }: StepProps) {
  const [to, setTo] = useState("");
  const [text, setText] = useState("");
  const found = useQuery({
    queryKey: ["experiment-names", text],
    queryFn: ({ signal }) => table({ resource: "experiment", where: text.trim() === "" ? "" : `ExperimentName contains ${JSON.stringify(text.trim())}`, columns: [], limit: 100 }, signal),
    placeholderData: (before) => before,
  });
  const present = run.Parents.map((one) => one.ExperimentName);
  return (
    <Question title="Move this run" verb="Move" disabled={to === ""} close={close} act={async () => { await move(run.TrialComponentName, to); refresh(); }}>
      <Box>It leaves {present.length === 0 ? "nothing: it belongs to no experiment" : present.join(", ")}. Its name, points, artifacts and lineage stay as they are.</Box>
      <FormField label="Experiment">
        <Select
          selectedOption={to === "" ? null : { value: to, label: to }}
          options={(found.data?.names ?? []).filter((one) => !present.includes(one)).map((one) => ({ value: one, label: one }))}
          filteringType="manual"
          statusType={found.isFetching ? "loading" : "finished"}
          loadingText="Looking"
          empty="There is no other experiment."
          onLoadItems={({ detail }) => setText(detail.filteringText)}
          onChange={({ detail }) => setTo(detail.selectedOption.value ?? "")}
          placeholder="Choose an experiment"
          ariaLabel="Experiment"
          filteringAriaLabel="Find an experiment"
        />
      </FormField>
    </Question>
  );
}

function Delete({ run, close, refresh }: StepProps) {
  const found = useQuery({ queryKey: ["weigh", run.TrialComponentName], queryFn: () => weigh(run.TrialComponentName), staleTime: 0, gcTime: 0 });
  return (
    <Question title="Delete this run?" verb="Delete" disabled={found.data === undefined} close={close} act={async () => { await remove(run.TrialComponentName); refresh(); }}>
      {found.error !== null && <Alert type="error">{found.error.message}</Alert>}
      {found.data === undefined ? <Box>Looking what it takes along</Box> : <Toll weight={found.data} />}
    </Question>
  );
}

function Toll({ weight }: { readonly weight: Weight }) {
  const parts = ([["metrics", "metrics"], ["points", "points"], ["parameters", "parameters"], ["lines", "lines of logs"], ["associations", "links of its lineage"]] as const).filter(([key]) => weight[key] > 0).map(([key, words]) => `${weight[key].toLocaleString()} ${words}`);
  return (
    <>
      <Box>{parts.length === 0 ? "It holds nothing." : `With it go ${parts.join(", ")}.`}</Box>
      {weight.experiments.length > 0 && <Box>It disappears from {weight.experiments.join(", ")}.</Box>}
      {weight.artifacts > 0 && <Box>The objects of its {weight.artifacts} artifacts stay where they are.</Box>}
      {weight.children.length > 0 && <Box>{weight.children.length} runs stay without their parent: {weight.children.slice(0, 5).join(", ")}{weight.children.length > 5 ? " …" : ""}.</Box>}
      <Box>It can be restored for {Math.round(weight.retention / 86_400)} days.</Box>
    </>
  );
}

/** What stands in place of a run that was just deleted. */
export function Deleted({ arn, name, back: done }: { readonly arn: string; readonly name: string; readonly back: () => void }) {
  const [error, setError] = useState("");
  async function back(): Promise<void> {
    try {
      await restore(arn);
      done();
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : String(problem));
    }
  }
  return (
    <SpaceBetween size="s">
      <Alert type="success" header={`${name} was deleted`} action={<Button onClick={() => void back()}>Restore</Button>}>
        It lies in the bin with all that went with it.
      </Alert>
      {error !== "" && <Alert type="error">{error}</Alert>}
    </SpaceBetween>
  );
}
