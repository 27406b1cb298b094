/** What a job printed, followed while it runs. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useEvents } from "@/api/events";
import type { LogChunk } from "@/live/hub";
import { grow, LogPane } from "@/live/log-pane";

interface Props {
  readonly arn: string;
  /** The topic of the job's events. */
  readonly topic: string;
  readonly ended: boolean;
  readonly params: URLSearchParams;
}

export function JobLog({ arn, topic, ended, params }: Props) {
  const [grown, setGrown] = useState<ReadonlyMap<string, number>>(new Map());
  const queries = useQueryClient();
  useEvents([topic], (event, data: Omit<LogChunk, "run">) => {
    if (event === "log") setGrown((before) => grow(before, data));
    // What was written after the page's own reading and before the stream began is in neither.
    if (event === "hello" || event === "reset") void queries.invalidateQueries({ queryKey: ["streams", arn] });
  });
  return <LogPane entity={arn} params={params} live={!ended} grown={grown} none={ended ? "The job wrote no log." : "No line yet: they come here as they are written."} />;
}
