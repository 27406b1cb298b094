/** A question before a deed. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";

interface Props {
  readonly title: string;
  readonly verb: string;
  readonly act: () => void;
  readonly close: () => void;
  readonly disabled?: boolean;
  readonly busy?: boolean;
  /** What the button says that leaves. */
  readonly leave?: string;
  readonly children: ReactNode;
}

export function Ask({ title, verb, act, close, disabled = false, busy = false, leave = "Cancel", children }: Props) {
  return (
    <Modal
      visible
      onDismiss={close}
      header={title}
      closeAriaLabel="Close"
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>{leave}</Button>
            <Button variant="primary" disabled={disabled} loading={busy} onClick={act}>{verb}</Button>
          </SpaceBetween>
        </Box>
      }
    >
      {children}
    </Modal>
  );
}
