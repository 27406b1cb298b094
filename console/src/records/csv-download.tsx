/** All that a search finds, as one CSV file: read in rounds and saved when it is whole, never in part. */
import Button from "@cloudscape-design/components/button";
import Box from "@cloudscape-design/components/box";
import Modal from "@cloudscape-design/components/modal";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import { useEffect, useRef, useState } from "react";
import { Failure } from "@/parts/failure";
import { csvHead, csvRows } from "@/records/program";
import { rounds, type Asked } from "@/records/rounds";

interface Props {
  readonly request: Asked;
  readonly close: () => void;
}

export function CsvDownload({ request, close }: Props) {
  const [progress, setProgress] = useState({ done: 0, total: 0 });
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  const end = useRef(close);
  end.current = close;
  const asked = useRef(request);
  useEffect(() => {
    const stop = new AbortController();
    setError(undefined);
    void fileOf(asked.current, setProgress, stop.signal).then(
      (file) => {
        save(file, `${asked.current.resource}s.csv`);
        end.current();
      },
      (failure: unknown) => {
        if (!stop.signal.aborted) setError(failure);
      },
    );
    return () => stop.abort();
  }, [attempt]);
  const { done, total } = progress;
  return (
    <Modal visible onDismiss={close} header="Download CSV" closeAriaLabel="Stop" footer={<Box float="right"><Button onClick={close}>{error === undefined ? "Stop" : "Close"}</Button></Box>}>
      {error === undefined ? <ProgressBar value={total === 0 ? 0 : (100 * done) / total} label={total === 0 ? "Reading" : `${done.toLocaleString()} of ${total.toLocaleString()} rows`} description="The file is saved when it is whole." /> : <Failure error={error} retry={() => setAttempt(attempt + 1)} />}
    </Modal>
  );
}

async function fileOf(request: Asked, progress: (told: { done: number; total: number }) => void, signal: AbortSignal): Promise<Blob> {
  // The browser keeps blobs outside the page's memory, on disk where they are large.
  const parts = [new Blob([csvHead(request.columns)])];
  let done = 0;
  for await (const answer of rounds(request, signal)) {
    signal.throwIfAborted();
    parts.push(new Blob([csvRows(answer, request.columns)]));
    done += answer.names.length;
    progress({ done, total: Math.max(done, answer.total) });
  }
  return new Blob(parts, { type: "text/csv" });
}

function save(file: Blob, name: string): void {
  const anchor = document.createElement("a");
  anchor.href = URL.createObjectURL(file);
  anchor.download = name;
  anchor.click();
  // The download reads the address after the click.
  setTimeout(() => URL.revokeObjectURL(anchor.href), 60_000);
}
