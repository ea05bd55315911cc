export interface Row {
  name: string;
  value: number;
  unit: string;
  /** What is aimed at, e.g. `≤ 1`; null if the figure is only for information. */
  aim: string | null;
  met: boolean | null;
}

export function figure(name: string, value: number, unit: string): Row {
  return { name, value, unit, aim: null, met: null };
}

export function atMost(name: string, value: number, unit: string, limit: number): Row {
  return { name, value, unit, aim: `≤ ${limit}`, met: value <= limit };
}

export function atLeast(name: string, value: number, unit: string, limit: number): Row {
  return { name, value, unit, aim: `≥ ${limit}`, met: value >= limit };
}

/** Milliseconds that each of the two takes, in turn, so that both meet the same moods of the machine: medians, and the median ratio. */
export function sideBySide(a: () => void, b: () => void, runs = 9): { a: number; b: number; ratio: number } {
  const pairs = Array.from({ length: runs + 2 }, () => ({ a: milliseconds(a), b: milliseconds(b) })).slice(2);
  return { a: median(pairs.map((p) => p.a)), b: median(pairs.map((p) => p.b)), ratio: median(pairs.map((p) => p.a / p.b)) };
}

export function milliseconds(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

export function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
