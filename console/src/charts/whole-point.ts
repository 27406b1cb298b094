/** What a chart's axis does not say of the point that is pointed at: asked for once the pointer rests. */
import type { Axis, Point, SeriesQuery } from "@/api/view";
import { showDuration, showNumber, showTime } from "@/query/show";

export type AskPoint = (query: SeriesQuery, x: Axis, low: number, high: number | undefined, signal: AbortSignal) => Promise<Point | undefined>;

const REST = 120;

/** The range of x that a place of a grid stands for: the point itself, or all of a bucket but the begin of the next. */
export function rangeAt(x: readonly number[], at: number, exact: boolean): readonly [number, number | undefined] {
  const low = x[at]!;
  if (exact) return [low, low];
  const next = x[at + 1];
  return [low, next === undefined ? undefined : below(next)];
}

/** Give the greatest number below another one. */
export function below(value: number): number {
  if (value === 0) return -Number.MIN_VALUE;
  const bits = new BigInt64Array(new Float64Array([value]).buffer);
  bits[0]! += value > 0 ? -1n : 1n;
  return new Float64Array(bits.buffer)[0]!;
}

/** Write a point: its step, its wall time, the time since its run's start, and its value with all digits. */
export function pointTexts({ step, time, since, value }: Point): string[] {
  return [...(step === null ? [] : [`step ${step}`]), showTime(time), `${since < 0 ? `-${showDuration(-since)}` : showDuration(since)} since the run's start`, `last value ${value}`];
}

/** Write a value of a line, smoothed or as it was logged. */
export function valueText(value: number, raw: number | null | undefined, exact: boolean): string {
  const shown = (one: number): string => (exact ? String(one) : showNumber(one));
  return typeof raw === "number" && raw !== value ? `${showNumber(value)} (logged ${shown(raw)})` : shown(value);
}

/** Asks for one point at a time, the last one wanted, after a rest; what was asked before is dropped. */
export class Asking {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private control = new AbortController();
  private key = "";
  private found: readonly string[] | undefined;

  /** Give what is known of the place already; else ask, and `tell` when it came. */
  want(ask: AskPoint, query: SeriesQuery, x: Axis, range: readonly [number, number | undefined], tell: () => void): readonly string[] | undefined {
    const key = JSON.stringify([query, x, range]);
    if (key === this.key) return this.found;
    this.stop();
    this.key = key;
    const { signal } = this.control;
    this.timer = setTimeout(() => {
      // Without an answer the tip says what it said before.
      void ask(query, x, range[0], range[1], signal).then((point) => {
        if (signal.aborted || point === undefined) return;
        this.found = pointTexts(point);
        tell();
      }, () => undefined);
    }, REST);
    return undefined;
  }

  stop(): void {
    clearTimeout(this.timer);
    this.control.abort();
    this.control = new AbortController();
    this.key = "";
    this.found = undefined;
  }
}
