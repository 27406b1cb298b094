/** What the page tells beside its content: results of deeds, and their failures. */
import type { FlashbarProps } from "@cloudscape-design/components/flashbar";
import { useSyncExternalStore, type ReactNode } from "react";
import { ApiError } from "@/api/client";

interface Notice {
  readonly id: string;
  readonly type: FlashbarProps.Type;
  readonly header?: string;
  readonly content: ReactNode;
}

let notices: readonly Notice[] = [];
let count = 0;
const listeners = new Set<() => void>();

function set(next: readonly Notice[]): void {
  notices = next;
  for (const listener of listeners) listener();
}

export function notify(type: FlashbarProps.Type, content: ReactNode, header?: string): void {
  count += 1;
  const id = `notice-${count}`;
  set([...notices.slice(-4), { id, type, content, ...(header === undefined ? {} : { header }) }]);
  if (type === "success") setTimeout(() => dismiss(id), 8_000);
}

/** Do something, and tell how it went: `told` when it went well, the server's words when not. Says whether it did. */
export async function attempt(deed: () => Promise<unknown>, told?: ReactNode): Promise<boolean> {
  try {
    await deed();
  } catch (error) {
    notify("error", error instanceof Error ? error.message : String(error), error instanceof ApiError ? error.code : "Error");
    return false;
  }
  if (told !== undefined) notify("success", told);
  return true;
}

export function dismiss(id: string): void {
  set(notices.filter((one) => one.id !== id));
}

export function useNotices(): FlashbarProps.MessageDefinition[] {
  const now = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => notices,
  );
  return now.map((one) => ({ ...one, dismissible: true, dismissLabel: "Dismiss", onDismiss: () => dismiss(one.id) }));
}
