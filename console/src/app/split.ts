/** The panel beside a page, which belongs to the frame but is filled by the page: a store of one content. */
import { useEffect, useSyncExternalStore, type ReactNode } from "react";

interface Split {
  readonly header: string;
  readonly content: ReactNode;
  readonly close: () => void;
}

let now: Split | undefined;
const listeners = new Set<() => void>();

function set(next: Split | undefined): void {
  now = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Show a content beside the page while the component is there and the content is not undefined. */
export function usePreview(header: string | undefined, content: ReactNode, close: () => void): void {
  useEffect(() => {
    set(header === undefined ? undefined : { header, content, close });
    // The content is an element made anew by each render: the header, a record's name, says when it changes.
  }, [header]); // oxlint-disable-line react-hooks/exhaustive-deps
  useEffect(() => () => set(undefined), []);
}

export function useContent(): Split | undefined {
  return useSyncExternalStore(subscribe, () => now);
}

export function useSplit() {
  const split = useContent();
  return { shown: split !== undefined, open: split !== undefined, setOpen: (open: boolean) => void (open ? undefined : split?.close()) };
}
