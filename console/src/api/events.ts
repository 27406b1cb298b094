/** What happens, live: one stream a page, closed while the tab is hidden (a browser has six connections a host), and
 * opened again with the cursor, so that nothing is missed and nothing comes twice. */
import { useEffect, useRef } from "react";
import { doubt, place } from "@/api/client";

export type Listener = (event: string, data: never, cursor: string) => void;
const NAMES = ["hello", "reset", "points", "changed", "run", "log", "job", "search"] as const;
const AGAIN = 2_000;

/** Follow topics such as `run:<name>`; gives a function that ends it. */
export function follow(topics: readonly string[], listener: Listener, cursor?: string): () => void {
  let source: EventSource | undefined;
  let last = cursor;
  let again: ReturnType<typeof setTimeout> | undefined;

  function open(): void {
    if (source !== undefined || topics.length === 0) return;
    // By hand: the commas between topics stay as they are, those within are encoded.
    const query = [`topics=${topics.map(encodeURIComponent).join(",")}`];
    if (last !== undefined) query.push(`cursor=${encodeURIComponent(last)}`);
    if (place.region !== undefined) query.push(`region=${encodeURIComponent(place.region)}`);
    source = new EventSource(`console/api/events?${query.join("&")}`);
    source.onerror = () => {
      doubt();
      // A browser tries again by itself after a lost connection, but not after an answer that is an error.
      if (source?.readyState !== EventSource.CLOSED) return;
      close();
      again = setTimeout(turn, AGAIN);
    };
    for (const name of NAMES) {
      source.addEventListener(name, (event: MessageEvent<string>) => {
        if (event.lastEventId !== "") last = event.lastEventId;
        listener(name, JSON.parse(event.data) as never, event.lastEventId);
      });
    }
  }
  function close(): void {
    clearTimeout(again);
    source?.close();
    source = undefined;
  }
  function turn(): void {
    if (document.hidden) close();
    else open();
  }

  document.addEventListener("visibilitychange", turn);
  turn();
  return () => {
    document.removeEventListener("visibilitychange", turn);
    close();
  };
}

/** Follow topics while a component is shown. The listener may change between renders. */
export function useEvents(topics: readonly string[], listener: Listener, cursor?: string): void {
  const latest = useRef(listener);
  latest.current = listener;
  const key = topics.join("\n");
  useEffect(
    () => follow(key === "" ? [] : key.split("\n"), (...told) => latest.current(...told), cursor),
    // The cursor is where the first stream begins; later ones go on by themselves.
    [key], // oxlint-disable-line react-hooks/exhaustive-deps
  );
}
