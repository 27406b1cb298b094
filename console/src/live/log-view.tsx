/** A log of any length: pages of it are read as they come on screen. */
import { useQueries } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import { linesOf, PAGE } from "@/live/log";

const LINE = 20;
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });

interface Props {
  readonly entity: string;
  readonly stream: string;
  readonly count: number;
  readonly follow: boolean;
  readonly onLeave: () => void;
  /** The number of the line to be shown. */
  readonly place: number | undefined;
  readonly found: string;
}

export function LogView({ entity, stream, count, follow, onLeave, place, found }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count, getScrollElement: () => holder.current, estimateSize: () => LINE, overscan: 30 });
  const items = virtual.getVirtualItems();
  const first = Math.floor((items[0]?.index ?? 0) / PAGE);
  const last = Math.floor((items.at(-1)?.index ?? 0) / PAGE);
  const pages = Array.from({ length: last - first + 1 }, (_, at) => first + at);
  const read = useQueries({
    queries: pages.map((page) => ({
      // The last page grows: how far it goes is part of its name.
      queryKey: ["log", entity, stream, page, Math.min(count, (page + 1) * PAGE)],
      queryFn: ({ signal }: { readonly signal: AbortSignal }) => linesOf(entity, stream, page, signal),
      staleTime: Infinity,
      gcTime: 30_000,
    })),
  });
  // While a page is read anew, what was there stays.
  const kept = useRef(new Map<number, readonly [readonly number[], readonly string[]]>());
  read.forEach((one, at) => {
    if (one.data !== undefined) kept.current.set(pages[at]!, [one.data.time, one.data.text]);
  });
  for (const page of kept.current.keys()) if (page < first - 2 || page > last + 2) kept.current.delete(page);

  useEffect(() => {
    if (follow && count > 0) virtual.scrollToIndex(count - 1, { align: "end" });
  }, [follow, count, virtual]);
  useEffect(() => {
    if (place !== undefined) virtual.scrollToIndex(place, { align: "center" });
  }, [place, virtual]);

  return (
    <div
      className="text-view mono"
      ref={holder}
      tabIndex={0}
      role="log"
      aria-label={`Log ${stream}`}
      onWheel={(event) => {
        if (event.deltaY < 0 && follow) onLeave();
      }}
    >
      <div className="text-lines" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const page = kept.current.get(Math.floor(item.index / PAGE));
          const at = item.index % PAGE;
          const time = page?.[0][at];
          const text = page?.[1][at] ?? "";
          return (
            <div key={item.index} className={`text-line${found !== "" && text.includes(found) ? " is-found" : ""}${item.index === place ? " is-place" : ""}`} style={{ transform: `translateY(${item.start}px)` }}>
              <span className="text-number">{item.index + 1}</span>
              <span className="text-time">{time === undefined ? "" : CLOCK.format(time * 1000)}</span>
              {plain(text)}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Leave out what only a terminal understands. */
function plain(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/\u001B\[[\d;?]*[A-Za-z]/g, "");
}
