/** Where the ticks of a logarithmic axis are: at round numbers, be it many decades or a part of one. */

const MOST = 6;

/** Give ticks from `low` (above 0) to `high`, ascending. */
export function logTicks(low: number, high: number): number[] {
  if (!(low > 0) || !(high > low) || !Number.isFinite(high)) return [];
  const decades = Math.log10(high / low);
  return decades < 1 ? linear(low, high) : powers(low, high, decades);
}

function linear(low: number, high: number): number[] {
  const rough = (high - low) / MOST;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * unit).find((one) => one >= rough * 0.999)!;
  const ticks: number[] = [];
  for (let at = Math.ceil(low / step); at * step <= high; at += 1) ticks.push(Number((at * step).toPrecision(12)));
  return ticks;
}

function powers(low: number, high: number, decades: number): number[] {
  const every = Math.ceil(decades / MOST);
  const digits = decades <= 2 ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
    if (power % every !== 0) continue;
    for (const digit of digits) {
      const tick = Number(`${digit}e${power}`);
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  }
  return ticks;
}
