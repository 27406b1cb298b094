/** A point for each record over any two columns, coloured by a third. */
import Button from "@cloudscape-design/components/button";
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from "react";
import { axisOf, shade, type Column, type PlotAxis } from "@/charts/axes";
import { prepared, useWidth } from "@/charts/canvas";
import { ColumnTable } from "@/charts/column-table";
import { highlight } from "@/charts/highlight";
import { show } from "@/query/show";
import "./charts.css";

interface Props {
  readonly names: readonly string[];
  readonly x: Column;
  readonly y: Column;
  readonly colour?: Column | undefined;
  readonly logX?: boolean;
  readonly logY?: boolean;
  readonly lit?: string | undefined;
  readonly onOpen?: (name: string) => void;
  readonly height?: number;
}

const EDGE = { left: 84, right: 20, top: 32, bottom: 48 } as const;
const REACH = 12;

export function Scatter({ names, x, y, colour, logX = false, logY = false, lit, onOpen, height = 420 }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(holder);
  const [asTable, setAsTable] = useState(false);
  const [hovered, setHovered] = useState<number>();
  const across = useMemo(() => axisOf(x, logX), [x, logX]);
  const up = useMemo(() => axisOf(y, logY), [y, logY]);
  const tint = useMemo(() => (colour === undefined ? undefined : axisOf(colour)), [colour]);
  // Points stay off the edges.
  const left = (share: number): number => EDGE.left + (0.03 + 0.94 * share) * (width - EDGE.left - EDGE.right);
  const top = (share: number): number => EDGE.top + (0.97 - 0.94 * share) * (height - EDGE.top - EDGE.bottom);
  const pointed = hovered ?? (lit === undefined ? undefined : names.indexOf(lit));

  useEffect(() => {
    if (canvas.current === null || width === 0) return undefined;
    const frame = requestAnimationFrame(() => {
      if (canvas.current !== null) draw(prepared(canvas.current, width, height), { across, up, tint, left, top, pointed, height, ink: getComputedStyle(canvas.current).color });
    });
    return () => cancelAnimationFrame(frame);
  });

  function nearest(event: MouseEvent): number | undefined {
    const box = canvas.current!.getBoundingClientRect();
    const [atX, atY] = [event.clientX - box.left, event.clientY - box.top];
    let best: number | undefined;
    let reach = REACH;
    names.forEach((_, at) => {
      const off = Math.hypot(left(across.at[at]!) - atX, top(up.at[at]!) - atY);
      if (off < reach) [best, reach] = [at, off];
    });
    return best;
  }
  function point(at: number | undefined): void {
    setHovered(at);
    highlight(at === undefined ? undefined : names[at]);
  }
  /** Arrows walk the points from left to right, Enter opens one. */
  function press(event: KeyboardEvent): void {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (event.key === "Enter" && hovered !== undefined) onOpen?.(names[hovered]!);
    else if (event.key === "Escape") point(undefined);
    else if (by !== undefined || event.key === "Home" || event.key === "End") {
      const order = [...names.keys()].filter((at) => Number.isFinite(across.at[at]) && Number.isFinite(up.at[at])).sort((one, two) => across.at[one]! - across.at[two]! || up.at[one]! - up.at[two]!);
      const now = hovered === undefined ? -1 : order.indexOf(hovered);
      point(order.at(by === undefined ? (event.key === "Home" ? 0 : -1) : Math.min(order.length - 1, Math.max(0, now + by))));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
  const shown = names.filter((_, at) => Number.isFinite(across.at[at]) && Number.isFinite(up.at[at])).length;
  const columns = [x, y, ...(colour === undefined ? [] : [colour])];
  return (
    <div>
      <div className="chart-card-head">
        <span className="chart-card-name">{`${shown.toLocaleString()} of ${names.length.toLocaleString()} runs have both`}</span>
        <Button variant="inline-link" onClick={() => setAsTable(!asTable)}>{asTable ? "View as chart" : "View as table"}</Button>
      </div>
      {asTable && <ColumnTable names={names} columns={columns} label="Runs as a table" />}
      <div className="canvas-chart" ref={holder} hidden={asTable}>
        <canvas
          ref={canvas}
          role="img"
          tabIndex={0}
          onKeyDown={press}
          onBlur={() => point(undefined)}
          aria-label={`${y.name} by ${x.name} of ${shown.toLocaleString()} runs${colour === undefined ? "" : `, coloured by ${colour.name}`}`}
          onMouseMove={(event) => {
            point(nearest(event));
          }}
          onMouseLeave={() => point(undefined)}
          onClick={(event) => {
            const at = nearest(event);
            if (at !== undefined) onOpen?.(names[at]!);
          }}
        />
        {hovered !== undefined && (
          <div className="chart-tip" style={{ left: Math.min(left(across.at[hovered]!) + 12, Math.max(0, width - 260)), top: Math.max(0, top(up.at[hovered]!) - 70) }}>
            <div className="chart-tip-place">{names[hovered]}</div>
            {columns.map((one) => (
              <div key={one.name} className="chart-tip-row">
                <span className="chart-tip-name">{one.name}</span>
                <span className="chart-tip-value">{show(one.cells[hovered], one.type)}</span>
              </div>
            ))}
          </div>
        )}
      </div>
      <div className="heard" aria-live="polite">
        {hovered === undefined ? "" : [names[hovered], ...columns.map((one) => `${one.name} ${show(one.cells[hovered], one.type)}`)].join(", ")}
      </div>
    </div>
  );
}

interface Drawn {
  readonly across: PlotAxis;
  readonly up: PlotAxis;
  readonly tint: PlotAxis | undefined;
  readonly left: (share: number) => number;
  readonly top: (share: number) => number;
  readonly pointed: number | undefined;
  readonly height: number;
  readonly ink: string;
}

function draw(context: CanvasRenderingContext2D, { across, up, tint, left, top, pointed, height, ink }: Drawn): void {
  context.fillStyle = ink;
  context.strokeStyle = "rgba(128, 128, 128, 0.25)";
  context.lineWidth = 1;
  context.beginPath();
  for (const tick of across.ticks) {
    context.moveTo(left(tick.at), top(-0.03));
    context.lineTo(left(tick.at), top(1.03));
    context.textAlign = "center";
    context.fillText(tick.text, left(tick.at), height - EDGE.bottom + 18);
  }
  for (const tick of up.ticks) {
    context.moveTo(left(-0.03), top(tick.at));
    context.lineTo(left(1.03), top(tick.at));
    context.textAlign = "right";
    context.fillText(tick.text.length > 12 ? `${tick.text.slice(0, 11)}…` : tick.text, left(-0.03) - 8, top(tick.at) + 4);
  }
  context.stroke();
  context.textAlign = "center";
  context.fillText(across.name, left(0.5), height - 8);
  context.textAlign = "left";
  context.fillText(up.name, EDGE.left - 70, 14);
  const size = across.at.length > 2000 ? 2 : 4.5;
  across.at.forEach((share, at) => {
    const rise = up.at[at]!;
    if (!Number.isFinite(share) || !Number.isFinite(rise)) return;
    context.beginPath();
    context.arc(left(share), top(rise), at === pointed ? size + 3 : size, 0, 2 * Math.PI);
    context.fillStyle = shade(tint === undefined ? 0 : tint.at[at]!);
    context.globalAlpha = at === pointed ? 1 : 0.75;
    context.fill();
    if (at === pointed) {
      context.strokeStyle = ink;
      context.stroke();
    }
  });
  context.globalAlpha = 1;
}
