/** When a list is to be read anew because something happened to records of its kinds. */
import { useEffect, useRef } from "react";
import { useEvents } from "@/api/events";

const SOON = 1_000;
const SHARE = 20;

/** Call `look` once something happened: at most once a second, at most a twentieth of the time, and only while `ready`. */
export function useNews(topics: readonly string[], look: () => Promise<void>, ready: () => boolean = () => true): void {
  const latest = useRef({ look, ready });
  latest.current = { look, ready };
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const earliest = useRef(0);

  async function turn(): Promise<void> {
    timer.current = undefined;
    if (!latest.current.ready()) {
      wait(SOON);
      return;
    }
    const began = performance.now();
    await latest.current.look().catch(() => undefined); // the list's own question tells of errors
    const took = performance.now() - began;
    earliest.current = performance.now() + Math.max(SOON, took * SHARE);
  }
  function wait(ms: number): void {
    timer.current ??= setTimeout(() => void turn(), Math.max(0, ms));
  }

  useEvents(topics, (event) => {
    if (event === "search" || event === "reset") wait(earliest.current - performance.now());
    // What happened after the list was read and before the stream began is in neither.
    else if (event === "hello") wait(SOON);
  });
  useEffect(() => () => clearTimeout(timer.current), []);
}

/** Ask a list's question anew once something happened, but not while its rows are in use. */
export function useFreshList(topics: readonly string[], refetch: () => Promise<unknown>): void {
  useNews(topics, async () => void (await refetch()), () => !isInUse());
}

/** Whether rows of a table are under the pointer or hold the focus: they must not move then. */
export function isInUse(): boolean {
  return document.querySelector("tbody:hover, tbody:focus-within") !== null;
}
