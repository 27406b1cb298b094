/** The ends of the brush of each axis of parallel coordinates, as sliders that keys move. The mouse drags on the canvas
 * below them instead. */
import type { KeyboardEvent } from "react";
import type { PlotAxis } from "@/charts/axes";
import { show } from "@/query/show";

export type Brush = readonly [number, number];

interface Props {
  readonly axes: readonly PlotAxis[];
  readonly brushes: ReadonlyMap<string, Brush>;
  /** Pixels from the left of an axis, and from the top of a share of it. */
  readonly left: (axis: number) => number;
  readonly top: (share: number) => number;
  readonly set: (axis: string, brush: Brush | undefined) => void;
}

export const WHOLE: Brush = [0, 1];
const STEP = 0.02;
const FAR = 0.1;

export function AxisBrushes({ axes, brushes, left, top, set }: Props) {
  return axes.flatMap((axis, place) =>
    (["Least", "Most"] as const).map((word, end) => {
      const brush = brushes.get(axis.name) ?? WHOLE;
      const share = Math.min(1, Math.max(0, brush[end]!));
      return (
        <div
          key={`${axis.name} ${word}`}
          className="axis-brush"
          role="slider"
          tabIndex={0}
          aria-orientation="vertical"
          aria-label={`${word} of ${axis.name}`}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(share * 100)}
          aria-valuetext={textAt(axis, share)}
          style={{ left: left(place) - 9, top: top(share) - (end === 0 ? 2 : 8) }}
          onKeyDown={(event) => {
            const next = moved(event, axis, brush, end);
            if (next === null) return;
            event.preventDefault();
            event.stopPropagation();
            set(axis.name, next[0] <= 0 && next[1] >= 1 ? undefined : next);
          }}
        />
      );
    }),
  );
}

/** Where a key moves one end of a brush; null for a key that moves nothing. */
export function moved(event: Pick<KeyboardEvent, "key">, axis: PlotAxis, brush: Brush, end: number): Brush | null {
  const { key } = event;
  if (key === "Escape" || key === "Delete" || key === "Backspace") return WHOLE;
  const up = { ArrowUp: 1, ArrowRight: 1, PageUp: 1, ArrowDown: -1, ArrowLeft: -1, PageDown: -1 }[key];
  const share = brush[end]!;
  let next: number;
  if (key === "Home" || key === "End") next = key === "Home" ? 0 : 1;
  else if (up === undefined) return null;
  else if (axis.valueAt === undefined) next = nextText(axis, share, up);
  else next = share + up * (key.startsWith("Page") ? FAR : STEP);
  next = Math.min(1, Math.max(0, next));
  return end === 0 ? [Math.min(next, brush[1]), brush[1]] : [brush[0], Math.max(next, brush[0])];
}

function nextText(axis: PlotAxis, share: number, up: number): number {
  const places = axis.ticks.map((tick) => tick.at);
  return (up > 0 ? places.find((at) => at > share + 1e-9) : places.findLast((at) => at < share - 1e-9)) ?? (up > 0 ? 1 : 0);
}

function textAt(axis: PlotAxis, share: number): string {
  if (axis.valueAt !== undefined) return show(Number(axis.valueAt(share).toPrecision(4)), axis.type);
  const near = axis.ticks.toSorted((one, two) => Math.abs(one.at - share) - Math.abs(two.at - share))[0];
  return near?.text ?? "";
}
