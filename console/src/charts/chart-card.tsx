/** One metric of one or many runs: its chart, its numbers as a table, and what can be done with them. */
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Spinner from "@cloudscape-design/components/spinner";
import { useEffect, useMemo, useRef, useState } from "react";
import type uPlot from "uplot";
import { pointOf, type SeriesQuery } from "@/api/view";
import type { Stroke } from "@/charts/colours";
import { Figures } from "@/charts/figures";
import { FEW, LineChart } from "@/charts/line-chart";
import type { LegendItem } from "@/charts/picture";
import { plotOf, smoothed, type Plot } from "@/charts/plot";
import { plotCsv, savePng, saveText } from "@/charts/save";
import { useZoom, writeZoom, type ChartSettings } from "@/charts/settings";
import { axisTitle } from "@/charts/ticks";
import { useView } from "@/live/use-view";
import { showNumber } from "@/query/show";

interface Props {
  readonly title: string;
  readonly queries: readonly SeriesQuery[];
  readonly settings: ChartSettings;
  readonly strokes: ReadonlyMap<string, Stroke>;
  readonly nameOf: (run: string, metric: string) => string;
  /** The most points that one of the series has. */
  readonly points?: number;
  readonly starts?: ReadonlyMap<string, number>;
  /** Puts lines together, before they are drawn. */
  readonly regroup?: ((plot: Plot) => Plot) | undefined;
  readonly pinned?: boolean;
  readonly onPin?: (pinned: boolean) => void;
}

const NO_STROKE: Stroke = { colour: "gray", dash: [] };
export const BUCKETS = 600;
/** Lines beyond a few have two corners a bucket, its least and greatest value: as many corners as others in all. */
const BUCKETS_OF_MANY = 300;

/** A metric whose points have no step is drawn over time, where the axis is the step: it has nothing to draw there. */
export function ChartCard(props: Props) {
  const [stepless, setStepless] = useState(false);
  const over = stepless && props.settings.x === "step" ? { ...props.settings, x: "time" as const, logX: false } : props.settings;
  return <Card {...props} settings={over} onStepless={props.settings.x === "step" && !stepless ? () => setStepless(true) : undefined} lone={over !== props.settings} />;
}

function Card({ onStepless, lone, title, queries, settings, strokes, nameOf, points = Infinity, starts, regroup, pinned, onPin }: Props & { readonly onStepless: (() => void) | undefined; readonly lone: boolean }) {
  const [asTable, setAsTable] = useState(false);
  const [ownLog, setOwnLog] = useState<boolean>();
  const chart = useRef<uPlot>(undefined);
  const ready = useRef((made: uPlot | undefined) => {
    chart.current = made;
  });
  const logY = ownLog ?? settings.logY;
  const { x, smooth, logX, outliers } = settings;
  const [from, to] = useZoom();
  const buckets = queries.length > FEW ? BUCKETS_OF_MANY : BUCKETS;
  const found = useView(queries, { x, from, to, buckets, lane: points <= buckets ? "short" : Number.isFinite(points) ? `${Math.round(Math.log2(points))}` : title, ...(starts === undefined ? {} : { starts }) });
  const { view } = found;
  const plot = useMemo(() => {
    if (view === undefined) return undefined;
    if (regroup === undefined) return plotOf(view, { smooth, logX, logY });
    return smoothed(regroup(plotOf(view, { smooth: 0, logX, logY })), smooth);
  }, [view, smooth, logX, logY, regroup]);
  const none = plot !== undefined && plot.x.length === 0 && from === undefined && to === undefined;
  useEffect(() => {
    if (none && !logX && Number.isFinite(points) && points > 0) onStepless?.();
  }, [none, logX, points, onStepless]);
  const held = view?.series.reduce((sum, one) => sum + one.points, 0) ?? 0;
  const label = `${title}: ${queries.length === 1 ? "1 line" : `${queries.length} lines`} over ${axisTitle(x)}, ${held.toLocaleString()} points`;

  function choose(id: string): void {
    if (id === "table") setAsTable(!asTable);
    if (id === "log") setOwnLog(!logY);
    if (id === "pin") onPin?.(pinned !== true);
    if (id === "all") writeZoom(undefined);
    if (id === "csv" && plot !== undefined) saveText(`${title}.csv`, plotCsv(plot, axisTitle(x), nameOf));
    if (id === "png" && chart.current !== undefined && plot !== undefined) savePng(`${title}.png`, chart.current, { title, yTitle: logY ? `${title}, logarithmic` : title, legend: legendOf(plot) });
  }

  /** Name the lines as they are drawn: many of them are thin and have no dashes. */
  function legendOf(drawn: Plot): LegendItem[] {
    const few = drawn.lines.length <= FEW;
    const items = drawn.lines.map((line) => ({ text: nameOf(line.run, line.metric), stroke: strokes.get(line.run) ?? strokes.get(line.metric) ?? NO_STROKE }));
    return items.length === 1 && items[0]!.text === title ? [] : items.map((one) => (few ? one : { ...one, stroke: { ...one.stroke, dash: [] } }));
  }

  return (
    <section className="chart-card" aria-label={title}>
      <div className="chart-card-head">
        <h2 className="chart-card-name" title={title}>{title}</h2>
        {found.isPlaceholderData && <Spinner />}
        <ButtonDropdown
          variant="icon"
          ariaLabel={`What to do with ${title}`}
          expandToViewport
          items={[
            { id: "table", text: asTable ? "View as chart" : "View as table" },
            { id: "log", text: logY ? "Linear y" : "Logarithmic y" },
            ...(onPin === undefined ? [] : [{ id: "pin", text: pinned === true ? "Unpin" : "Pin to the top" }]),
            { id: "all", text: "Show all of the axis", disabled: from === undefined && to === undefined },
            { id: "csv", text: "Download CSV" },
            { id: "png", text: "Download PNG", disabled: asTable },
          ]}
          onItemClick={({ detail }) => choose(detail.id)}
        />
      </div>
      {plot === undefined ? (
        <div className="chart-empty">
          {found.error === null ? <Spinner size="large" /> : <Alert type="error" action={<Button onClick={() => void found.refetch()}>Try again</Button>}>{found.error.message}</Alert>}
        </div>
      ) : plot.x.length === 0 ? (
        <div className="chart-empty">{from === undefined && to === undefined ? emptyWhy(x, logX) : "Nothing in this part of the axis: double click to see all of it."}</div>
      ) : lone && plot.x.length === 1 && view?.series.length === 1 && !asTable ? (
        <div className="chart-empty chart-single">{showNumber(view.series[0]!.last[0]!)}</div>
      ) : asTable ? (
        <Figures plot={plot} x={x} nameOf={nameOf} label={`${title} as a table`} />
      ) : (
        <div className="chart-card-body is-chart">
          <LineChart plot={plot} strokes={strokes} nameOf={nameOf} askPoint={regroup === undefined ? pointOf : undefined} x={x} logX={logX} logY={logY} outliers={outliers} from={from} to={to} onZoom={writeZoom} label={label} onReady={ready.current} />
        </div>
      )}
    </section>
  );
}

function emptyWhy(x: string, logX: boolean): string {
  if (x === "step") return logX ? "No point has a step above 0." : "No point has a step: choose time as the axis.";
  return x.startsWith("metric:") ? `No point has a value of ${x.slice("metric:".length)} at its step.` : "No points yet.";
}
