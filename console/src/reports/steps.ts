/** The steps of a waterfall: from the expected prediction to that of one row, the largest first. */
import type { Figure, LocalValues } from "@/api/reports";

export interface Step {
  readonly name: string;
  readonly value: number;
  /** Where the step begins. */
  readonly from: number;
}

export const MOST_STEPS = 12;

/** Give the steps of one row for one output; those beyond the largest are one step together. */
export function steps(page: LocalValues, label: string, expected: number): readonly Step[] {
  const suffix = `_${label}`;
  const row: readonly Figure[] = page.rows[0] ?? [];
  const all = page.columns
    .map((column, at) => ({ name: column.slice(0, -suffix.length), value: Number(row[at]), fits: column.endsWith(suffix) }))
    .filter((one) => one.fits && Number.isFinite(one.value))
    .sort((one, other) => Math.abs(other.value) - Math.abs(one.value));
  const rest = all.slice(MOST_STEPS);
  const shown = rest.length === 0 ? all : [...all.slice(0, MOST_STEPS), { name: `${rest.length} others`, value: rest.reduce((sum, one) => sum + one.value, 0) }];
  let from = expected;
  return shown.map(({ name, value }) => {
    const step = { name, value, from };
    from += value;
    return step;
  });
}
