/** Parallel coordinates: a line for each record over the axes; brushes on axes choose records. Up to 10,000 records. */
import Button from "@cloudscape-design/components/button";
import { useEffect, useMemo, useRef, useState, type PointerEvent } from "react";
import { axisOf, shade, type Column, type PlotAxis } from "@/charts/axes";
import { prepared, useWidth } from "@/charts/canvas";
import { AxisBrushes, type Brush } from "@/charts/axis-brush";
import { ColumnTable } from "@/charts/column-table";
import "./charts.css";

type Brushes = ReadonlyMap<string, Brush>;

interface Props {
  readonly names: readonly string[];
  readonly columns: readonly Column[];
  /** The column that gives the colours. */
  readonly colour: string | undefined;
  readonly lit?: string | undefined;
  readonly onChosen?: (names: readonly string[]) => void;
  readonly height?: number;
}

const TOP = 40;
const BOTTOM = 20;
const SIDE = 90;
const SHADES = 16;

export function Parallel({ names, columns, colour, lit, onChosen, height = 420 }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(holder);
  const [brushes, setBrushes] = useState<Brushes>(new Map());
  const [asTable, setAsTable] = useState(false);
  const dragged = useRef<{ readonly axis: string; readonly from: number }>(undefined);
  const axes = useMemo(() => columns.map((one) => axisOf(one)), [columns]);
  const chosen = useMemo(() => inside(axes, brushes, names.length), [axes, brushes, names.length]);
  const classes = useMemo(() => shades(axes.find((one) => one.name === colour), names.length), [axes, colour, names.length]);
  const count = chosen.reduce((sum, one) => sum + one, 0);

  useEffect(() => {
    if (canvas.current === null || width === 0) return undefined;
    const frame = requestAnimationFrame(() => {
      if (canvas.current !== null) draw(prepared(canvas.current, width, height), { axes, chosen, classes, brushes, width, height, ink: getComputedStyle(canvas.current).color, lit: lit === undefined ? -1 : names.indexOf(lit) });
    });
    return () => cancelAnimationFrame(frame);
  }, [axes, chosen, classes, brushes, width, height, lit, names, asTable]);

  function place(event: PointerEvent): { readonly axis: PlotAxis | undefined; readonly share: number } {
    const box = canvas.current!.getBoundingClientRect();
    const at = Math.round(((event.clientX - box.left - SIDE) / (width - 2 * SIDE || 1)) * (axes.length - 1));
    const share = 1 - (event.clientY - box.top - TOP) / (height - TOP - BOTTOM);
    return { axis: axes[Math.max(0, Math.min(axes.length - 1, at))], share: Math.max(-0.02, Math.min(1.02, share)) };
  }
  function tell(made: Brushes): void {
    setBrushes(made);
    if (onChosen === undefined) return;
    const kept = inside(axes, made, names.length);
    onChosen(names.filter((_, at) => kept[at] === 1));
  }
  function brush(axis: string, chosenPart: Brush | undefined): void {
    const made = new Map(brushes);
    if (chosenPart === undefined) made.delete(axis);
    else made.set(axis, chosenPart);
    tell(made);
  }
  function move(event: PointerEvent): void {
    const began = dragged.current;
    if (began === undefined) return;
    const { share } = place(event);
    setBrushes(new Map(brushes).set(began.axis, [Math.min(began.from, share), Math.max(began.from, share)]));
  }
  function end(event: PointerEvent): void {
    const began = dragged.current;
    dragged.current = undefined;
    if (began === undefined) return;
    const { share } = place(event);
    const made = new Map(brushes);
    if (Math.abs(share - began.from) < 0.01) made.delete(began.axis);
    else made.set(began.axis, [Math.min(began.from, share), Math.max(began.from, share)]);
    tell(made);
  }

  return (
    <div>
      <div className="chart-card-head">
        <span className="chart-card-name">{count === names.length ? `${names.length.toLocaleString()} runs` : `${count.toLocaleString()} of ${names.length.toLocaleString()} runs chosen`}</span>
        {brushes.size > 0 && <Button variant="inline-link" onClick={() => tell(new Map())}>Choose all</Button>}
        <Button variant="inline-link" onClick={() => setAsTable(!asTable)}>{asTable ? "View as chart" : "View as table"}</Button>
      </div>
      {asTable && <ColumnTable names={names.filter((_, at) => chosen[at] === 1)} columns={columns.map((one) => ({ ...one, cells: one.cells.filter((_, at) => chosen[at] === 1) }))} label="Runs as a table" />}
      <div className="canvas-chart" ref={holder} hidden={asTable}>
        <canvas
          ref={canvas}
          role="img"
          aria-label={`Parallel coordinates of ${names.length.toLocaleString()} runs over ${columns.map((one) => one.name).join(", ")}; drag along an axis, or move its sliders, to choose runs`}
          onPointerDown={(event) => {
            const { axis, share } = place(event);
            if (axis === undefined) return;
            event.currentTarget.setPointerCapture(event.pointerId);
            dragged.current = { axis: axis.name, from: share };
          }}
          onPointerMove={move}
          onPointerUp={end}
        />
        {width > 0 && <AxisBrushes axes={axes} brushes={brushes} left={(at) => leftOf(at, axes.length, width)} top={(share) => topOf(share, height)} set={brush} />}
      </div>
    </div>
  );
}

/** Say of each record (1 or 0) whether it is inside every brush. */
export function inside(axes: readonly PlotAxis[], brushes: Brushes, count: number): Uint8Array {
  const kept = new Uint8Array(count).fill(1);
  for (const axis of axes) {
    const brush = brushes.get(axis.name);
    if (brush === undefined) continue;
    for (let at = 0; at < count; at += 1) if (!(axis.at[at]! >= brush[0] && axis.at[at]! <= brush[1])) kept[at] = 0;
  }
  return kept;
}

function leftOf(axis: number, count: number, width: number): number {
  return count === 1 ? width / 2 : SIDE + (axis * (width - 2 * SIDE)) / (count - 1);
}

function topOf(share: number, height: number): number {
  return TOP + (1 - share) * (height - TOP - BOTTOM);
}

function shades(axis: PlotAxis | undefined, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, at) => {
    const share = axis?.at[at] ?? 0.1;
    return Number.isFinite(share) ? Math.min(SHADES - 1, Math.floor(share * SHADES)) : SHADES;
  });
}

interface Drawn {
  readonly axes: readonly PlotAxis[];
  readonly chosen: Uint8Array;
  readonly classes: Uint8Array;
  readonly brushes: Brushes;
  readonly width: number;
  readonly height: number;
  readonly ink: string;
  readonly lit: number;
}

function draw(context: CanvasRenderingContext2D, { axes, chosen, classes, brushes, width, height, ink, lit }: Drawn): void {
  const left = (at: number): number => leftOf(at, axes.length, width);
  const top = (share: number): number => topOf(share, height);
  const line = (record: number): void => {
    let down = false;
    axes.forEach((axis, at) => {
      const share = axis.at[record]!;
      // A record without a value there leaves the axis out.
      if (Number.isNaN(share)) return;
      if (down) context.lineTo(left(at), top(share));
      else context.moveTo(left(at), top(share));
      down = true;
    });
  };
  const many = chosen.length > 500;
  context.lineWidth = many ? 1 / devicePixelRatio : 1.2;
  const strokeAll = (shadeAt: number, alpha: number, style: string, wanted: number): void => {
    context.beginPath();
    for (let at = 0; at < chosen.length; at += 1) if (chosen[at] === wanted && (shadeAt < 0 || classes[at] === shadeAt)) line(at);
    context.strokeStyle = style;
    context.globalAlpha = alpha;
    context.stroke();
  };
  if (brushes.size > 0) strokeAll(-1, 0.12, "rgb(128, 128, 128)", 0);
  for (let at = 0; at <= SHADES; at += 1) strokeAll(at, many ? 0.45 : 0.8, shade(at === SHADES ? Number.NaN : at / (SHADES - 1)), 1);
  if (lit >= 0) {
    context.lineWidth = 3;
    context.beginPath();
    line(lit);
    context.strokeStyle = ink;
    context.globalAlpha = 1;
    context.stroke();
  }
  context.globalAlpha = 1;
  context.fillStyle = ink;
  context.strokeStyle = ink;
  context.lineWidth = 1;
  axes.forEach((axis, at) => {
    context.beginPath();
    context.moveTo(left(at), top(0));
    context.lineTo(left(at), top(1));
    context.stroke();
    const last = at === axes.length - 1 && at > 0;
    for (const tick of axis.ticks) {
      context.textAlign = last ? "left" : "right";
      context.fillText(short(tick.text, 12), left(at) + (last ? 6 : -6), top(tick.at) + 4);
    }
    context.textAlign = "center";
    context.fillText(short(axis.name.replace(/^(Parameters|Metrics|Tags)\./, ""), Math.max(8, Math.floor((width - 2 * SIDE) / Math.max(1, axes.length - 1) / 7))), left(at), 20);
    const brush = brushes.get(axis.name);
    if (brush !== undefined) {
      context.globalAlpha = 0.35;
      context.fillRect(left(at) - 7, top(brush[1]), 14, top(brush[0]) - top(brush[1]));
      context.globalAlpha = 1;
    }
  });
}

function short(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
