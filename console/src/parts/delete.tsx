/** Delete one record, after saying what goes along; most can be restored from the bin. */
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { aws, type Input } from "@/api/aws";
import type { Operations } from "@/api/aws-types";
import { attempt } from "@/app/notices";
import { go } from "@/app/router";
import { Ask } from "@/parts/ask";

/** Lists are asked for anew; pages of single records are not, since theirs may be gone. */
export async function refreshLists(queries: QueryClient): Promise<void> {
  await Promise.all(["table", "properties", "experiments", "bin"].map((first) => queries.invalidateQueries({ queryKey: [first] })));
}

interface Props<Name extends keyof Operations> {
  readonly kind: string;
  readonly name: string;
  readonly operation: Name;
  readonly input: Input<Name>;
  /** The page to go to afterwards. */
  readonly back: string;
  readonly along?: ReactNode;
}

export function DeleteButton<Name extends keyof Operations>({ kind, name, operation, input, back, along }: Props<Name>) {
  const [asked, setAsked] = useState(false);
  const queries = useQueryClient();
  async function remove(): Promise<void> {
    setAsked(false);
    if (!(await attempt(() => aws(operation, input), <>Deleted {name}. It is in the bin for 30 days.</>))) return;
    await refreshLists(queries);
    go(back);
  }
  return (
    <>
      <Button onClick={() => setAsked(true)}>Delete</Button>
      <Confirm visible={asked} title={`Delete the ${kind} ${name}?`} button="Delete" done={() => setAsked(false)} confirm={() => void remove()}>
        {along}
      </Confirm>
    </>
  );
}

interface ConfirmProps {
  readonly visible: boolean;
  readonly title: string;
  readonly button: string;
  readonly done: () => void;
  readonly confirm: () => void;
  readonly disabled?: boolean;
  readonly children?: ReactNode;
}

export function Confirm({ visible, title, button, done, confirm, disabled = false, children }: ConfirmProps) {
  if (!visible) return null;
  return (
    <Ask title={title} verb={button} act={confirm} close={done} disabled={disabled}>
      <SpaceBetween size="s">
        {children}
        <Alert type="info">It can be restored from the bin for 30 days, with its tags.</Alert>
      </SpaceBetween>
    </Ask>
  );
}
