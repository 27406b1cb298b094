/** A run's own tags: added, changed and taken away where they stand. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import TokenGroup from "@cloudscape-design/components/token-group";
import { useState } from "react";
import { tag, untag } from "@/pages/run/edits";
import { ownTags, type RunRecord } from "@/pages/run/record";

export function Tags({ run, refresh }: { readonly run: RunRecord; readonly refresh: () => void }) {
  const [key, setKey] = useState("");
  const [value, setValue] = useState("");
  const [error, setError] = useState("");
  const tags = ownTags(run);

  async function act(what: Promise<unknown>): Promise<void> {
    try {
      await what;
      setError("");
      refresh();
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : String(problem));
    }
  }

  async function add(): Promise<void> {
    if (key.trim() === "") return;
    await act(tag(run.TrialComponentArn, key.trim(), value));
    setKey("");
    setValue("");
  }

  return (
    <Container header={<Header variant="h2">Tags</Header>}>
      <SpaceBetween size="s">
        {tags.length === 0 ? (
          <Box color="text-body-secondary">No tags. Runs are found by them: Tags.team = core.</Box>
        ) : (
          <TokenGroup
            items={tags.map((one) => ({ label: one.Key, description: one.Value, dismissLabel: `Remove tag ${one.Key}` }))}
            onDismiss={({ detail }) => void act(untag(run.TrialComponentArn, tags[detail.itemIndex]!.Key))}
          />
        )}
        <SpaceBetween direction="horizontal" size="xs">
          <Input value={key} onChange={({ detail }) => setKey(detail.value)} placeholder="Key" ariaLabel="Key of a new tag" />
          <Input value={value} onChange={({ detail }) => setValue(detail.value)} placeholder="Value" ariaLabel="Value of a new tag" onKeyDown={({ detail }) => detail.key === "Enter" && void add()} />
          <Button disabled={key.trim() === ""} onClick={() => void add()}>Add tag</Button>
        </SpaceBetween>
        {error !== "" && <Alert type="error">{error}</Alert>}
      </SpaceBetween>
    </Container>
  );
}
