/** Text of any length: only the lines on screen are there. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef } from "react";

const LINE = 20;

export function TextView({ text, label, diff = false }: { readonly text: string; readonly label: string; readonly diff?: boolean }) {
  const holder = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => text.replace(/\n$/, "").split("\n"), [text]);
  const virtual = useVirtualizer({ count: lines.length, getScrollElement: () => holder.current, estimateSize: () => LINE, overscan: 20 });
  return (
    <div className="text-view mono" ref={holder} tabIndex={0} role="region" aria-label={label}>
      <div className="text-lines" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => (
          <div key={item.index} className={`text-line${diff ? diffClass(lines[item.index]!) : ""}`} style={{ transform: `translateY(${item.start}px)` }}>
            <span className="text-number" aria-hidden="true">{item.index + 1}</span>
            {lines[item.index]}
          </div>
        ))}
      </div>
    </div>
  );
}

function diffClass(line: string): string {
  if (/^(\+\+\+|---|diff |index )/.test(line)) return " is-head";
  if (line.startsWith("@@")) return " is-place";
  return line.startsWith("+") ? " is-added" : line.startsWith("-") ? " is-removed" : "";
}
