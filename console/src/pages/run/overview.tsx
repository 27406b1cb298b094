/** A run at a glance. */
import type { TabProps } from "@/pages/run/tabs";

export default function OverviewTab({ run }: TabProps) {
  return <div>{run.TrialComponentName}</div>;
}
