/** A figure over time, known at some moments: times in seconds, ascending. */
export class Series {
  readonly times: number[] = [];
  readonly values: number[] = [];

  add(time: number, value: number): void {
    this.times.push(time);
    this.values.push(value);
  }

  /** What it was at `time`: on a straight line between the moments around it, and level before and after all of them. */
  at(time: number): number {
    const { times, values } = this;
    if (times.length === 0) return 0;
    const next = firstAfter(times, time);
    if (next === 0) return values[0]!;
    if (next === times.length) return values[next - 1]!;
    const [from, to] = [times[next - 1]!, times[next]!];
    const share = (time - from) / (to - from);
    return values[next - 1]! + share * (values[next]! - values[next - 1]!);
  }

  /** The last moment that is not after `time`, and undefined if there is none. */
  lastUpTo(time: number): number | undefined {
    return this.times[firstAfter(this.times, time) - 1];
  }

  get first(): number | undefined {
    return this.times[0];
  }

  get last(): number | undefined {
    return this.times.at(-1);
  }
}

/** The index of the first of these ascending numbers that is greater. */
function firstAfter(numbers: readonly number[], value: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
