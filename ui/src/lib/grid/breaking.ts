/** The items [start, end) of a sequence. */
export type Run = readonly [start: number, end: number];

export interface Cut {
  runs: Run[];
  cost: number;
}

/**
 * Cut `count` items in order into the runs that cost least together. A run that costs
 * Infinity is too long, and so is any longer one from the same end; one item never is.
 * Takes time in the number of items times the longest run.
 */
export function cheapestCut(count: number, costOf: (start: number, end: number) => number): Cut {
  const costs = new Float64Array(count + 1);
  const starts = new Int32Array(count + 1);
  for (let end = 1; end <= count; end += 1) {
    costs[end] = Infinity;
    for (let start = end - 1; start >= 0; start -= 1) {
      const cost = costOf(start, end);
      if (cost === Infinity) break;
      const whole = (costs[start] ?? 0) + cost;
      if (whole >= (costs[end] ?? 0)) continue;
      costs[end] = whole;
      starts[end] = start;
    }
  }
  const runs: Run[] = [];
  for (let end = count; end > 0; end = starts[end] ?? 0) runs.unshift([starts[end] ?? 0, end]);
  return { runs, cost: costs[count] ?? 0 };
}
