/** A table of any size: only the rows and columns on screen are there. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef, type ReactNode } from "react";
import "./charts.css";

const ROW = 34;
const COLUMN = 170;
const FIRST = 260;

interface Props {
  readonly label: string;
  readonly rows: number;
  readonly columns: number;
  readonly corner: ReactNode;
  readonly columnHead: (column: number) => ReactNode;
  readonly rowHead: (row: number) => ReactNode;
  readonly cell: (row: number, column: number) => ReactNode;
  readonly rowClass?: (row: number) => string;
  readonly onRow?: (row: number | undefined) => void;
}

export function MatrixGrid({ label, rows, columns, corner, columnHead, rowHead, cell, rowClass, onRow }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const vertical = useVirtualizer({ count: rows, getScrollElement: () => holder.current, estimateSize: () => ROW, overscan: 8 });
  const horizontal = useVirtualizer({ horizontal: true, count: columns, getScrollElement: () => holder.current, estimateSize: () => COLUMN, overscan: 2 });
  const across = horizontal.getVirtualItems();
  const width = FIRST + horizontal.getTotalSize();
  return (
    <div className="matrix" ref={holder} tabIndex={0} role="region" aria-label={`${label}, scrolled with the arrow keys`}>
      <div role="table" aria-label={label} aria-rowcount={rows + 1} aria-colcount={columns + 1} className="matrix-body" style={{ height: vertical.getTotalSize() + ROW, width }}>
        <div role="row" aria-rowindex={1} className="matrix-head" style={{ width }}>
          <div role="columnheader" aria-colindex={1} className="matrix-cell is-first">{corner}</div>
          {across.map((column) => (
            <div key={column.key} role="columnheader" aria-colindex={column.index + 2} className="matrix-cell" style={{ transform: `translateX(${FIRST + column.start}px)` }}>
              {columnHead(column.index)}
            </div>
          ))}
        </div>
        {vertical.getVirtualItems().map((row) => (
          <div
            key={row.key}
            role="row"
            aria-rowindex={row.index + 2}
            className={`matrix-row ${rowClass?.(row.index) ?? ""}`}
            style={{ transform: `translateY(${row.start + ROW}px)`, width }}
            onMouseEnter={() => onRow?.(row.index)}
            onMouseLeave={() => onRow?.(undefined)}
          >
            <div role="rowheader" aria-colindex={1} className="matrix-cell is-first">{rowHead(row.index)}</div>
            {across.map((column) => (
              <div key={column.key} role="cell" aria-colindex={column.index + 2} className="matrix-cell" style={{ transform: `translateX(${FIRST + column.start}px)` }}>
                {cell(row.index, column.index)}
              </div>
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}
