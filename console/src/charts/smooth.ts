/** Smoothing for the eye: an exponential moving average, without the pull towards zero at its start. */

/** What a line holds at one place: a number, undefined (nothing here, the line goes on), null (a gap). */
export type Value = number | null | undefined;

/** Smooth a line. `weight` is from 0 (as it is) to below 1; what is no number stays, and does not count. */
export function smooth(values: readonly Value[], weight: number): Value[] {
  if (weight <= 0) return [...values];
  let sum = 0;
  let bias = 1;
  return values.map((value) => {
    if (value === null || value === undefined || !Number.isFinite(value)) return value;
    sum = sum * weight + (1 - weight) * value;
    bias *= weight;
    return sum / (1 - bias);
  });
}
