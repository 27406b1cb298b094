/** The logs of a run or a job: any part at once, the end as it comes, and lines found by what they hold. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import Toggle from "@cloudscape-design/components/toggle";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import "@/artifacts/artifacts.css";
import { change } from "@/app/router";
import { find, streamsOf } from "@/live/log";
import { LogView } from "@/live/log-view";

interface Props {
  /** The ARN of what has the logs. */
  readonly entity: string;
  readonly params: URLSearchParams;
  /** Whether more lines are to come. */
  readonly live: boolean;
  /** How many lines each stream has, as far as events told; the page's first answer says the rest. */
  readonly grown: ReadonlyMap<string, number>;
  /** What is said when there is no log. */
  readonly none: string;
}

export function LogPane({ entity, params, live, grown, none }: Props) {
  const [follow, setFollow] = useState(live);
  const [at, setAt] = useState(0);
  const [wanted, setWanted] = useState(params.get("find") ?? "");
  const streams = useQuery({ queryKey: ["streams", entity], queryFn: ({ signal }) => streamsOf(entity, signal), staleTime: 0, enabled: entity !== "" });
  const known = streams.data?.map((one) => one.name);
  const unknown = known !== undefined && [...grown.keys()].some((name) => !known.includes(name));
  const { refetch } = streams;
  useEffect(() => {
    if (unknown) void refetch();
  }, [unknown, refetch]);
  const chosen = streams.data?.find((one) => one.name === params.get("stream")) ?? streams.data?.find((one) => one.name.startsWith("console")) ?? streams.data?.[0];
  const text = params.get("find") ?? "";
  const found = useQuery({
    queryKey: ["log-find", entity, chosen?.name, text],
    queryFn: ({ signal }) => find(entity, chosen!.name, text, signal),
    enabled: chosen !== undefined && text !== "",
  });

  if (streams.error !== null) return <Alert type="error" header="The logs cannot be read" action={<Button onClick={() => void refetch()}>Try again</Button>}>{streams.error.message}</Alert>;
  if (streams.data === undefined) return <Spinner size="large" />;
  if (chosen === undefined) return <Box textAlign="center" padding="l">{none}</Box>;
  const count = Math.max(chosen.count, grown.get(chosen.name) ?? 0);
  const hits = found.data?.number ?? [];
  const place = Math.min(at, Math.max(0, hits.length - 1));
  const step = (by: number): void => {
    setFollow(false);
    if (hits.length > 0) setAt((place + by + hits.length) % hits.length);
  };
  const look = (): void => {
    if (wanted === text) step(1);
    else {
      setAt(0);
      setFollow(false);
      change({ find: wanted }, "replace");
    }
  };
  return (
    <SpaceBetween size="s">
      <SpaceBetween direction="horizontal" size="s" alignItems="center">
        <Select
          selectedOption={{ value: chosen.name, label: chosen.name }}
          options={streams.data.map((one) => ({ value: one.name, label: one.name, tags: [`${one.count.toLocaleString()} lines`] }))}
          onChange={({ detail }) => change({ stream: detail.selectedOption.value }, "replace")}
          ariaLabel="Log"
        />
        <Input type="search" value={wanted} placeholder="Find in the log" ariaLabel="Find in the log" onChange={({ detail }) => { setWanted(detail.value); if (detail.value === "") change({ find: undefined }, "replace"); }} onKeyDown={({ detail }) => detail.key === "Enter" && look()} />
        <Button iconName="angle-up" ariaLabel="The hit before" disabled={hits.length === 0} onClick={() => step(-1)} />
        <Button iconName="angle-down" ariaLabel="The next hit" disabled={wanted === ""} onClick={look} />
        {text !== "" && <Box>{found.isFetching ? "Looking" : hits.length === 0 ? "Not found" : `${place + 1} of ${hits.length.toLocaleString()}${hits.length === 1000 ? " or more" : ""}`}</Box>}
        <Toggle checked={follow} onChange={({ detail }) => setFollow(detail.checked)}>Follow the end</Toggle>
        <Box color="text-body-secondary">{count.toLocaleString()} lines</Box>
      </SpaceBetween>
      <LogView key={chosen.name} entity={entity} stream={chosen.name} count={count} follow={follow} onLeave={() => setFollow(false)} place={hits[place]} found={text} />
    </SpaceBetween>
  );
}

/** Note how far a stream has come. */
export function grow(before: ReadonlyMap<string, number>, chunk: { readonly stream: string; readonly start: number; readonly text: readonly string[] }): ReadonlyMap<string, number> {
  return new Map(before).set(chunk.stream, Math.max(before.get(chunk.stream) ?? 0, chunk.start + chunk.text.length));
}
