/** The run as the server describes it. */
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import SpaceBetween from "@cloudscape-design/components/space-between";
import "@/artifacts/artifacts.css";
import { TextView } from "@/artifacts/text-view";
import type { TabProps } from "@/pages/run/tabs";

export default function RawTab({ run }: TabProps) {
  const text = JSON.stringify(run, null, 2);
  return (
    <SpaceBetween size="s">
      <CopyToClipboard textToCopy={text} copyButtonText="Copy JSON" copySuccessText="Copied" copyErrorText="Not copied" />
      <TextView text={text} label="The run as JSON" />
    </SpaceBetween>
  );
}
