import { ArtifactList } from "@/pages/run/artifact-list";
import type { TabProps } from "@/pages/run/tabs";

export default function InputsTab({ run, params }: TabProps) {
  return <ArtifactList artifacts={run.InputArtifacts} params={params} title="Input artifacts" empty="This run names no inputs." />;
}
