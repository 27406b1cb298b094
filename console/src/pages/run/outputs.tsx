import { ArtifactList } from "@/pages/run/artifact-list";
import type { TabProps } from "@/pages/run/tabs";

export default function OutputsTab({ run, params }: TabProps) {
  return <ArtifactList artifacts={run.OutputArtifacts} params={params} title="Output artifacts" empty="This run kept nothing. run.log_image, run.log_table and run.log_file do." />;
}
