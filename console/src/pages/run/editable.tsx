/** Texts that are edited where they stand. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useState, type ReactNode } from "react";
import { Markdown } from "@/markdown/markdown";

interface Editing {
  readonly text: string | undefined;
  readonly error: string;
  readonly busy: boolean;
}

const IDLE: Editing = { text: undefined, error: "", busy: false };

function useEditing(save: (text: string) => Promise<unknown>) {
  const [state, setState] = useState(IDLE);
  return {
    ...state,
    begin: (text: string) => setState({ text, error: "", busy: false }),
    write: (text: string) => setState((before) => ({ ...before, text })),
    cancel: () => setState(IDLE),
    done: async () => {
      setState((before) => ({ ...before, busy: true }));
      try {
        await save(state.text ?? "");
        setState(IDLE);
      } catch (error) {
        setState((before) => ({ ...before, busy: false, error: error instanceof Error ? error.message : String(error) }));
      }
    },
  };
}

function Buttons({ editing }: { readonly editing: ReturnType<typeof useEditing> }) {
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button variant="primary" loading={editing.busy} onClick={() => void editing.done()}>Save</Button>
      <Button onClick={editing.cancel}>Cancel</Button>
    </SpaceBetween>
  );
}

interface LineProps {
  readonly text: string;
  readonly label: string;
  readonly save: (text: string) => Promise<unknown>;
  readonly children?: ReactNode;
}

/** One line, with a pencil. */
export function EditableLine({ text, label, save, children }: LineProps) {
  const editing = useEditing(save);
  if (editing.text === undefined) {
    return (
      <SpaceBetween direction="horizontal" size="xxs" alignItems="center">
        <span>{children ?? text}</span>
        <Button variant="inline-icon" iconName="edit" ariaLabel={`Edit ${label}`} onClick={() => editing.begin(text)} />
      </SpaceBetween>
    );
  }
  return (
    <SpaceBetween size="xs">
      <Input
        value={editing.text}
        ariaLabel={label}
        autoFocus
        onChange={({ detail }) => editing.write(detail.value)}
        onKeyDown={({ detail }) => {
          if (detail.key === "Enter") void editing.done();
          if (detail.key === "Escape") editing.cancel();
        }}
      />
      {editing.error !== "" && <Alert type="error">{editing.error}</Alert>}
      <Buttons editing={editing} />
    </SpaceBetween>
  );
}

/** Markdown, shown as such until it is edited. */
export function EditableMarkdown({ text, label, save, empty }: { readonly text: string; readonly label: string; readonly save: (text: string) => Promise<unknown>; readonly empty: string }) {
  const editing = useEditing(save);
  return (
    <Container
      header={
        <Header variant="h2" actions={editing.text === undefined && <Button iconName="edit" ariaLabel={`Edit ${label.toLowerCase()}`} onClick={() => editing.begin(text)}>Edit</Button>}>
          {label}
        </Header>
      }
    >
      {editing.text === undefined ? (
        text.trim() === "" ? <Box color="text-body-secondary">{empty}</Box> : <Markdown source={text} />
      ) : (
        <SpaceBetween size="xs">
          <Textarea value={editing.text} rows={8} ariaLabel={label} autoFocus onChange={({ detail }) => editing.write(detail.value)} />
          {editing.error !== "" && <Alert type="error">{editing.error}</Alert>}
          <Buttons editing={editing} />
        </SpaceBetween>
      )}
    </Container>
  );
}
