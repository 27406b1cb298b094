/** Lines over a shared axis, drawn by uPlot: drag to zoom, double click for all of it, hover in step with other charts. */
import { useEffect, useLayoutEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import "./charts.css";
import type { Axis } from "@/api/view";
import { useDark } from "@/app/theme";
import type { Stroke } from "@/charts/colours";
import { highlight, highlighted, onHighlight } from "@/charts/highlight";
import { chartKey, leave } from "@/charts/keys";
import { bandsAndRaw, marks, spotlight, tip } from "@/charts/layers";
import { logTicks } from "@/charts/log-ticks";
import { rangeOf, type Plot } from "@/charts/plot";
import { thinPaths } from "@/charts/thin";
import { axisTitle, tickTexts } from "@/charts/ticks";
import { onWheel } from "@/charts/wheel";
import { Asking, type AskPoint } from "@/charts/whole-point";

interface Props {
  readonly plot: Plot;
  readonly strokes: ReadonlyMap<string, Stroke>;
  /** What a line is called in the tip; by run and metric. */
  readonly nameOf?: (run: string, metric: string) => string;
  readonly askPoint?: AskPoint | undefined;
  readonly x: Axis;
  readonly logX: boolean;
  readonly logY: boolean;
  readonly outliers: boolean;
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** A range that goes on from another one is one step with it. */
  readonly onZoom?: (range: readonly [number, number] | undefined, goesOn?: boolean) => void;
  readonly height?: number;
  readonly label: string;
  readonly yTitle?: string;
  /** Charts with the same key move their hover lines together. */
  readonly sync?: string;
  readonly onReady?: (chart: uPlot | undefined) => void;
}

/** Up to so many lines are drawn thick, with bands and the raw line behind. */
export const FEW = 10;
const WHOLE = Array.from({ length: 16 }, (_, power) => [1, 2, 5].map((one) => one * 10 ** power)).flat();

export function LineChart(props: Props) {
  const { plot, strokes, x, logX, logY, label, height = 240, sync = "charts", onReady } = props;
  const holder = useRef<HTMLDivElement>(null);
  const tipHolder = useRef<HTMLDivElement>(null);
  const told = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const whole = useRef<readonly [number, number]>(undefined);
  if (props.from === undefined && props.to === undefined && plot.x.length > 0) whole.current = [plot.x[0]!, plot.x.at(-1)!];
  const dark = useDark();
  const shown = useRef(true);
  const waiting = useRef<() => void>(undefined);
  const structure = JSON.stringify([plot.lines.map((line) => [line.run, line.metric]), x, logX, logY, dark, height, props.yTitle]);

  useLayoutEffect(() => {
    const element = holder.current!;
    const made = new uPlot(optionsOf(latest, element, tipHolder.current!, sync, height), dataOf(latest.current.plot), element);
    chart.current = made;
    onReady?.(made);
    const watcher = new ResizeObserver(() => {
      if (element.clientWidth > 0 && element.clientWidth !== made.width) made.setSize({ width: element.clientWidth, height });
    });
    watcher.observe(element);
    const sight = new IntersectionObserver((seen) => {
      shown.current = seen.at(-1)!.isIntersecting;
      if (!shown.current) return;
      waiting.current?.();
      waiting.current = undefined;
    });
    sight.observe(element);
    const ended = onWheel(made, () => whole.current, (range) => latest.current.onZoom?.(range, true));
    const light = document.createElement("canvas");
    light.className = "chart-light";
    made.over.prepend(light);
    made.hooks.draw?.push(() => {
      if (focused >= 0 && latest.current.plot.lines.length > FEW) spotlight(made, light, latest.current.plot, focused);
    });
    let frame = 0;
    let focused = -1;
    const unsubscribe = onHighlight(() => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => {
        const at = latest.current.plot.lines.findIndex((line) => line.run === highlighted());
        if (at === focused || latest.current.plot.lines.length === 1) return;
        focused = at;
        if (latest.current.plot.lines.length <= FEW) made.setSeries(at < 0 ? null : at + 1, { focus: at >= 0 }, false);
        else spotlight(made, light, latest.current.plot, at);
      });
    });
    return () => {
      ended();
      unsubscribe();
      cancelAnimationFrame(frame);
      watcher.disconnect();
      sight.disconnect();
      waiting.current = undefined;
      onReady?.(undefined);
      made.destroy();
      chart.current = undefined;
    };
  }, [structure, strokes, sync, height, onReady]);

  const drawn = useRef(plot);
  useEffect(() => {
    const made = chart.current;
    if (made === undefined) return;
    const draw = (): void => {
      const now = latest.current.plot;
      if (drawn.current === now) {
        // Only what is shown of it changes.
        const [min, max] = shownX(latest.current, now.x[0] ?? null, now.x.at(-1) ?? null) as [number, number];
        made.setScale("x", { min, max });
        return;
      }
      drawn.current = now;
      made.setData(dataOf(now), true);
    };
    // What nobody sees is drawn when it comes into sight.
    if (shown.current) draw();
    else waiting.current = draw;
  }, [plot, props.from, props.to, props.outliers]);

  return (
    <>
      <div
        className="chart"
        ref={holder}
        role="img"
        tabIndex={0}
        aria-label={label}
        onKeyDown={(event) => chartKey(event, chart.current, tipHolder.current, told.current, latest.current.onZoom)}
        onBlur={() => leave(chart.current)}
      >
        <div className="chart-tip" ref={tipHolder} hidden />
      </div>
      <div className="heard" aria-live="polite" ref={told} />
    </>
  );
}

const LOG_AXIS: Partial<uPlot.Axis> = { splits: (_u, _axis, low, high) => logTicks(low, high), filter: (_u, ticks) => ticks };

function dataOf(plot: Plot): uPlot.AlignedData {
  return [plot.x as number[], ...plot.lines.map((line) => line.value as (number | null)[])];
}

interface Latest {
  readonly current: Props;
}

function optionsOf(latest: Latest, element: HTMLElement, tipElement: HTMLElement, sync: string, height: number): uPlot.Options {
  const { plot, strokes, x, logX, logY } = latest.current;
  const style = getComputedStyle(element);
  const ink = style.color;
  const grid = style.getPropertyValue("--chart-grid") || "rgba(128, 128, 128, 0.2)";
  const few = plot.lines.length <= FEW;
  const hair = 1 / devicePixelRatio;
  const axis = { stroke: ink, grid: { stroke: grid, width: hair }, ticks: { stroke: grid, width: hair }, font: "12px sans-serif" };
  const title = latest.current.yTitle;
  const asking = new Asking();
  const thin = thinPaths(() => latest.current.plot, logY);
  return {
    width: Math.max(element.clientWidth, 100),
    height,
    legend: { show: false },
    // Many lines are not drawn anew for one of them: it is drawn over them.
    focus: { alpha: few ? 0.25 : 1 },
    cursor: {
      drag: { x: true, y: false, setScale: false },
      focus: { prox: few ? 24 : 16 },
      sync: { key: sync, setSeries: false, scales: ["x", null] },
      points: { show: few, size: 6 },
      dataIdx: (_u, series, at) => nearest(latest.current.plot, series, at),
      bind: {
        dblclick: () => () => {
          latest.current.onZoom?.(undefined);
          return null;
        },
      },
    },
    scales: {
      x: { time: x === "time", distr: logX ? 3 : 1, range: (_u, low, high) => shownX(latest.current, low, high) },
      y: { distr: logY ? 3 : 1, range: (u) => shownY(latest.current, u) },
    },
    axes: [
      { ...axis, ...(logX ? LOG_AXIS : {}), ...(x === "step" ? { incrs: WHOLE } : {}), ...(x === "time" ? {} : { values: (_u, ticks) => tickTexts(x, ticks) }), label: axisTitle(x), labelSize: 18, labelFont: "12px sans-serif", size: 34 },
      { ...axis, ...(logY ? LOG_AXIS : {}), size: (_u, texts) => Math.max(62, 22 + 6.7 * Math.max(0, ...(texts ?? []).map((one) => one.length))), values: (_u, ticks) => tickTexts("value", ticks), ...(title === undefined ? {} : { label: title, labelSize: 18, labelFont: "12px sans-serif" }) },
    ],
    series: [
      {},
      ...plot.lines.map((line): uPlot.Series => {
        const stroke = strokes.get(line.run) ?? strokes.get(line.metric) ?? { colour: ink, dash: [] };
        return {
          label: line.run,
          stroke: stroke.colour,
          // More than a device pixel leaves the fast path for hairlines: 35 frames a second become 5 with 200 lines.
          width: few ? 1.5 : hair,
          ...(few && stroke.dash.length > 0 ? { dash: [...stroke.dash] } : {}),
          ...(few ? {} : { paths: thin }),
          points: { size: 5, show: (u, at, first, last) => arePoints(u, latest.current.plot, at, few, first, last) },
        };
      }),
    ],
    hooks: {
      drawAxes: [(u) => bandsAndRaw(u, latest.current.plot, few)],
      draw: [(u) => marks(u, latest.current.plot)],
      setCursor: [(u) => tip(u, tipElement, latest.current, asking)],
      destroy: [() => asking.stop()],
      setSeries: [
        (_u, at) => {
          if (at !== undefined) highlight(at === null ? undefined : latest.current.plot.lines[at - 1]?.run);
        },
      ],
      setSelect: [
        (u) => {
          if (u.select.width < 4) return;
          const range = [u.posToVal(u.select.left, "x"), u.posToVal(u.select.left + u.select.width, "x")] as const;
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          latest.current.onZoom?.(range);
        },
      ],
    },
  };
}

/** A hovered place may be empty in a line: give the nearest that is not. */
function nearest(plot: Plot, series: number, at: number): number {
  const values = series === 0 ? undefined : plot.lines[series - 1]?.value;
  if (values === undefined || typeof values[at] === "number") return at;
  for (let off = 1; off < values.length; off += 1) {
    if (typeof values[at - off] === "number") return at - off;
    if (typeof values[at + off] === "number") return at + off;
    if (off > 200) break;
  }
  return at;
}

/** How many CSS pixels a point needs to be told from the next one. */
const ROOM = 8;

/** Points are drawn where each is one that was logged and there is room for them; so is a point that is alone. */
function arePoints(u: uPlot, plot: Plot, series: number, few: boolean, first: number, last: number): boolean {
  if (lonely(plot, series)) return true;
  if (!few || plot.exact !== true) return false;
  const { raw } = plot.lines[series - 1]!;
  let count = 0;
  for (let at = first; at <= last; at += 1) if (typeof raw[at] === "number") count += 1;
  return count * ROOM <= u.over.clientWidth;
}

/** A line of one point would not be seen. */
function lonely(plot: Plot, series: number): boolean {
  let count = 0;
  for (const value of plot.lines[series - 1]?.value ?? []) {
    if (typeof value === "number") count += 1;
    if (count > 1) return false;
  }
  return count === 1;
}

function shownX({ from, to, logX }: Props, low: number | null, high: number | null): uPlot.Range.MinMax {
  const [first, last] = [from ?? low ?? 0, to ?? high ?? 1];
  if (logX) return first > 0 && last > first ? [first, last] : [first > 0 ? first : 1, Math.max(first > 0 ? first * 10 : 10, last)];
  return first < last ? [first, last] : [first - 0.5, first + 0.5];
}

function shownY(props: Props, u: uPlot): uPlot.Range.MinMax {
  const { plot, outliers, logY } = props;
  const [first, last] = u.series[0]!.idxs ?? [0, plot.x.length - 1];
  const found = rangeOf(plot, Math.max(first ?? 0, 0), last ?? plot.x.length - 1, outliers ? 0 : 0.01);
  if (found === undefined) return logY ? [0.1, 1] : [0, 1];
  const [low, high] = found;
  const room = Math.max(1.0001, (high / low) ** 0.06);
  if (logY) return low < high ? [low / room, high * room] : [low / 2, low * 2];
  const pad = (high - low) * 0.06 || Math.abs(high) * 0.05 || 0.5;
  return [low - pad, high + pad];
}
