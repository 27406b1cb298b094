/** Cards of many metrics: found by name, grouped by prefix, and only those near the screen are there at all. */
import Button from "@cloudscape-design/components/button";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useLayoutEffect, useMemo, useRef, useState, type ReactNode } from "react";
import type { NameGroup } from "@/charts/names";

type Row = { readonly head: NameGroup } | { readonly names: readonly string[] };

const CARD = 318;
const HEAD = 48;
const NARROWEST = 420;

interface Props {
  readonly groups: readonly NameGroup[];
  readonly card: (name: string) => ReactNode;
}

export function ChartGrid({ groups, card }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState({ top: 0, width: 0 });
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const columns = Math.max(1, Math.floor(place.width / NARROWEST));

  useLayoutEffect(() => {
    const measure = (): void => {
      const box = holder.current?.getBoundingClientRect();
      if (box === undefined) return;
      const now = { top: Math.round(box.top + window.scrollY), width: Math.round(box.width) };
      setPlace((before) => (before.top === now.top && before.width === now.width ? before : now));
    };
    measure();
    const watcher = new ResizeObserver(measure);
    watcher.observe(document.body);
    watcher.observe(holder.current!);
    return () => watcher.disconnect();
  }, []);

  const rows = useMemo(() => rowsOf(groups, closed, columns), [groups, closed, columns]);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (at) => ("head" in rows[at]! ? HEAD : CARD),
    overscan: 1,
    scrollMargin: place.top,
    getItemKey: (at) => keyOf(rows[at]!),
  });

  return (
    <div className="chart-rows" ref={holder} style={{ height: virtual.getTotalSize() }}>
      {place.width > 0 &&
        virtual.getVirtualItems().map((item) => {
          const row = rows[item.index]!;
          const style = { height: item.size, transform: `translateY(${item.start - virtual.options.scrollMargin}px)`, gridTemplateColumns: `repeat(${"head" in row ? 1 : columns}, minmax(0, 1fr))` };
          return (
            <div className="chart-row" key={item.key} style={style}>
              {"head" in row ? (
                <Button
                  variant="link"
                  iconName={closed.has(row.head.prefix) ? "caret-right-filled" : "caret-down-filled"}
                  ariaExpanded={!closed.has(row.head.prefix)}
                  onClick={() => setClosed(toggled(closed, row.head.prefix))}
                >
                  {`${row.head.prefix === "" ? "Metrics" : row.head.prefix} (${row.head.names.length.toLocaleString()})`}
                </Button>
              ) : (
                row.names.map((name) => <div key={name} className="chart-cell">{card(name)}</div>)
              )}
            </div>
          );
        })}
    </div>
  );
}

function rowsOf(groups: readonly NameGroup[], closed: ReadonlySet<string>, columns: number): Row[] {
  return groups.flatMap((group): Row[] => {
    const head: Row[] = groups.length === 1 && group.prefix === "" ? [] : [{ head: group }];
    if (closed.has(group.prefix)) return head;
    const cards: Row[] = [];
    for (let at = 0; at < group.names.length; at += columns) cards.push({ names: group.names.slice(at, at + columns) });
    return [...head, ...cards];
  });
}

function keyOf(row: Row): string {
  return "head" in row ? `head ${row.head.prefix}` : row.names.join("\n");
}

function toggled(set: ReadonlySet<string>, one: string): ReadonlySet<string> {
  const made = new Set(set);
  if (!made.delete(one)) made.add(one);
  return made;
}
