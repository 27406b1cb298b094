/** A program or a text, to read and to copy. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";

export interface Text {
  readonly title: string;
  readonly body: string;
  readonly note?: string;
}

export function ProgramText({ text, close }: { readonly text: Text; readonly close: () => void }) {
  return (
      <Modal
        visible
        onDismiss={close}
        header={text.title}
        closeAriaLabel="Close"
        size="large"
        footer={
          <Box float="right">
            <SpaceBetween direction="horizontal" size="xs">
              <Button onClick={close}>Close</Button>
              <CopyToClipboard textToCopy={text.body} copyButtonText="Copy" copySuccessText="Copied" copyErrorText="Not copied" variant="button" />
            </SpaceBetween>
          </Box>
        }
      >
        {text.note !== undefined && <Box color="text-status-warning">{text.note}</Box>}
        <pre className="mono program" tabIndex={0}>{text.body}</pre>
      </Modal>
  );
}
