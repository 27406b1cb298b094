/** Series of a chart, with what came since they were read.
 *
 * New points are put at the end of what is there. The view is read anew only when they are many, when a series was
 * written anew, or when a point came late; so a page that stays open for days holds no more than one that was opened
 * now. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Axis, SeriesQuery, View } from "@/api/view";
import { batched } from "@/live/batch";
import { useHub, useTold, type Points } from "@/live/hub";
import { extended, lastX, positionOf, type Tail } from "@/live/tail";

export interface ViewOptions {
  readonly x: Axis;
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly buckets: number;
  /** What is asked for together with others: series of about one length. */
  readonly lane: string;
  /** When each run began, in epoch seconds: for the relative axis. */
  readonly starts?: ReadonlyMap<string, number> | undefined;
}

const SOON = 1_000;
const SETTLED = 120;

export function useView(queries: readonly SeriesQuery[], options: ViewOptions) {
  const { x, buckets, lane, starts } = options;
  const [from, to] = useSettled(options.from, options.to);
  const hub = useHub();
  const request = { queries, x, buckets, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  const found = useQuery({
    queryKey: ["view", request, lane],
    queryFn: () => batched(request, lane),
    placeholderData: keepPreviousData,
    staleTime: 0,
    gcTime: 30_000,
    structuralSharing: false,
  });
  const { data, refetch, isPlaceholderData } = found;
  const came = useRef<Points[]>([]);
  const due = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [version, setVersion] = useState(0);
  const names = useMemo(() => new Map(queries.map((one, at) => [`${one.run}\n${one.metric}`, at])), [queries]);

  const again = (): void => {
    due.current ??= setTimeout(() => {
      due.current = undefined;
      void refetch();
    }, SOON);
  };
  useEffect(() => () => clearTimeout(due.current), []);
  useEffect(() => {
    // Between a view that was read before the stream began and its begin, points may have come that neither has.
    if (data !== undefined && hub?.begun !== undefined && positionOf(data.cursor) < hub.begun) void refetch();
  }, [data, hub, hub?.begun, refetch]);

  useTold((told) => {
    if (told.reset && data !== undefined && hub?.begun !== undefined && positionOf(data.cursor) < hub.begun) again();
    const ours = told.points.filter((one) => names.has(`${one.run}\n${one.metric}`));
    if ([...told.changed].some((one) => names.has(one))) again();
    if (ours.length === 0) return;
    came.current.push(...ours);
    const size = came.current.reduce((sum, one) => sum + one.y.length, 0);
    if (size > Math.max(buckets, SOON) || x === "axis" || x.startsWith("metric:")) again();
    setVersion((count) => count + 1);
  });

  const live = useMemo(() => {
    if (data === undefined || isPlaceholderData) return { view: data, late: false };
    const position = positionOf(data.cursor);
    came.current = came.current.filter((one) => one.cursor > position);
    if (came.current.length === 0) return { view: data, late: false };
    return withPoints(data, came.current, position, names, { x, from, to, starts });
    // `version` stands for what is in `came`.
  }, [data, isPlaceholderData, version, names, x, from, to, starts]); // oxlint-disable-line react-hooks/exhaustive-deps
  useEffect(() => {
    if (live.late) again();
  }); // oxlint-disable-line react-hooks/exhaustive-deps

  return { ...found, view: live.view };
}

/** Give a range once it has stayed the same for a moment: while it is dragged, what is there is drawn. */
function useSettled(from: number | undefined, to: number | undefined): readonly [number | undefined, number | undefined] {
  const [range, setRange] = useState([from, to] as const);
  useEffect(() => {
    const timer = setTimeout(() => setRange((before) => (before[0] === from && before[1] === to ? before : [from, to])), SETTLED);
    return () => clearTimeout(timer);
  }, [from, to]);
  return range;
}

type Place = Pick<ViewOptions, "x" | "from" | "to" | "starts">;

/** Put points onto a view; `late` says that some belong before what is there, so it must be read anew. */
export function withPoints(
  view: View,
  came: readonly Points[],
  position: number,
  names: ReadonlyMap<string, number>,
  { x, from, to, starts }: Place,
): { readonly view: View; readonly late: boolean } {
  if (x === "axis" || x.startsWith("metric:")) return { view, late: false };
  const tails: (Tail | undefined)[] = view.series.map(() => undefined);
  const ends = view.series.map((_, at) => lastX(view, at));
  const width = view.mode === "buckets" && view.x.length > 1 ? view.x[1]! - view.x[0]! : 0;
  let late = false;
  for (const points of came) {
    const at = names.get(`${points.run}\n${points.metric}`);
    if (at === undefined || ends[at] === undefined) continue;
    const start = x === "relative" ? starts?.get(points.run) : 0;
    if (start === undefined) {
      late = true;
      continue;
    }
    points.y.forEach((y, index) => {
      const place = x === "step" ? points.x[index] : points.t[index]! - start;
      if (place === null || place === undefined || (from !== undefined && place < from) || (to !== undefined && place > to)) return;
      if (place <= ends[at]! && (view.mode === "raw" || place < ends[at]!)) {
        // Points from before the view was read are in it; any other one is late.
        late ||= points.after >= position;
        return;
      }
      const tail = (tails[at] ??= { x: [], y: [], doubtful: new Set() });
      if (place <= ends[at]! + width && points.after < position) tail.doubtful?.add(tail.x.length);
      if (tail.x.length > 0 && place < tail.x.at(-1)!) late = true;
      tail.x.push(place);
      tail.y.push(typeof y === "number" ? y : Number(y));
    });
  }
  return { view: tails.some((one) => one !== undefined) ? extended(view, tails) : view, late };
}
