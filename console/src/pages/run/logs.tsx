/** What the run printed, followed while it goes on. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTold } from "@/live/hub";
import { grow, LogPane } from "@/live/log-pane";
import { isLive } from "@/pages/run/record";
import type { TabProps } from "@/pages/run/tabs";

export default function LogsTab({ run, params }: TabProps) {
  const entity = run.TrialComponentArn;
  const [grown, setGrown] = useState<ReadonlyMap<string, number>>(new Map());
  const queries = useQueryClient();
  useTold((told) => {
    if (told.reset) void queries.invalidateQueries({ queryKey: ["streams", entity] });
    const own = told.logs.filter((one) => one.run === run.TrialComponentName);
    if (own.length > 0) setGrown((before) => own.reduce(grow, before));
  });
  return <LogPane entity={entity} params={params} live={isLive(run)} grown={grown} none="Nothing was printed, or capture of the console is off." />;
}
