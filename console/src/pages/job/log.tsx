/** A job's log, from its end, followed while it runs. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Toggle from "@cloudscape-design/components/toggle";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useEvents } from "@/api/events";
import { own, type LogLines } from "@/api/own";
import { Failure } from "@/parts/failure";
import { showTime } from "@/query/show";

const PAGE = 1_000;
/** Lines that are kept on the page; older ones are read again when asked for. */
const MOST = 10_000;

interface Streams {
  readonly streams: readonly { readonly name: string; readonly count: number }[];
}

interface Shown {
  readonly stream: string;
  readonly start: number;
  readonly text: readonly string[];
  readonly time: readonly number[];
}

export function JobLog({ arn, topic, ended }: { readonly arn: string; readonly topic: string; readonly ended: boolean }) {
  const streams = useQuery({ queryKey: ["log-streams", arn], queryFn: ({ signal }) => own<Streams>("log_streams", { entity: arn }, signal), enabled: arn !== "" });
  const [chosen, setChosen] = useState<string>();
  const [follow, setFollow] = useState(!ended);
  const [shown, setShown] = useState<Shown>();
  const [error, setError] = useState<unknown>();
  const pane = useRef<HTMLPreElement>(null);
  const names = (streams.data?.streams ?? []).map((one) => one.name);
  const stream = chosen ?? names[0];

  async function read(start: number, how: "new" | "after" | "before", limit = PAGE): Promise<void> {
    if (stream === undefined) return;
    try {
      const got = await own<LogLines>("logs", { entity: arn, stream, start, limit });
      setError(undefined);
      setShown((before) => {
        if (how === "new" || before === undefined || before.stream !== stream) return { stream, start: got.start, text: got.text, time: got.time };
        if (how === "before") return { stream, start: got.start, text: [...got.text, ...before.text], time: [...got.time, ...before.time] };
        const known = before.start + before.text.length;
        const skip = known - got.start;
        if (skip < 0 || skip >= got.text.length) return before;
        const text = [...before.text, ...got.text.slice(skip)];
        const cut = Math.max(0, text.length - MOST);
        return { stream, start: before.start + cut, text: text.slice(cut), time: [...before.time, ...got.time.slice(skip)].slice(cut) };
      });
    } catch (failure) {
      setError(failure);
    }
  }
  useEffect(() => {
    void read(-PAGE, "new");
  }, [arn, stream]); // oxlint-disable-line react-hooks/exhaustive-deps
  useEvents([topic], (event) => {
    if (event !== "log") return;
    if (stream === undefined) void streams.refetch();
    else if (shown === undefined) void read(-PAGE, "new");
    else void read(shown.start + shown.text.length, "after");
  });
  useEffect(() => {
    if (follow && pane.current !== null) pane.current.scrollTop = pane.current.scrollHeight;
  }, [shown, follow]);

  if (streams.error !== null) return <Failure error={streams.error} retry={() => void streams.refetch()} />;
  if (streams.data !== undefined && names.length === 0) return <Box textAlign="center" padding="l">{ended ? "The job wrote no log." : "No line yet: they come here as they are written."}</Box>;
  const first = shown?.start ?? 0;
  return (
    <SpaceBetween size="s">
      <Header
        variant="h2"
        counter={shown === undefined ? "" : `(${(first + shown.text.length).toLocaleString()} lines)`}
        actions={
          <SpaceBetween direction="horizontal" size="s" alignItems="center">
            {names.length > 1 && <Select selectedOption={{ value: stream ?? "", label: stream ?? "" }} options={names.map((value) => ({ value, label: value }))} onChange={({ detail }) => setChosen(detail.selectedOption.value)} ariaLabel="Log stream" />}
            <Toggle checked={follow} onChange={({ detail }) => setFollow(detail.checked)}>Follow</Toggle>
            <Button disabled={first === 0} onClick={() => void read(Math.max(0, first - PAGE), "before", Math.min(PAGE, first))}>Earlier lines</Button>
          </SpaceBetween>
        }
      >
        Log
      </Header>
      {error !== undefined && <Failure error={error} retry={() => void read(-PAGE, "new")} />}
      <pre ref={pane} className="mono program log" tabIndex={0} aria-label={`Log ${stream ?? ""}`}>
        {shown?.text.map((line, at) => <div key={first + at} title={showTime(shown.time[at] ?? 0)}>{line || " "}</div>)}
      </pre>
    </SpaceBetween>
  );
}
