/** The value below which this fraction of the values lies, on a straight line between the two next to it. */
export function quantile(values: readonly number[], fraction: number): number {
  if (values.length === 0) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const place = fraction * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** How far apart repetitions are: (largest − smallest) / median. 0 for equal ones, all zeros among them. */
export function noise(values: readonly number[]): number {
  const range = Math.max(...values) - Math.min(...values);
  return range === 0 ? 0 : range / Math.abs(median(values));
}
