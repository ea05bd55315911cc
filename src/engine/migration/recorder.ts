import type { Throughput, Timeline } from '../report';

/** A timeline has at most this many samples; when a run outgrows them, neighbours are merged. */
const SAMPLES = 256;
/** Application throughput is judged in windows of this length, as Clark et al. plot it (NSDI 2005): seconds. */
const WINDOW = 0.1;

/** Keeps what charts need, in samples of equal length that double as the run gets longer. */
export class Recorder {
  #sampleSeconds: number;
  readonly #sent = new Float64Array(SAMPLES);
  readonly #dirtied = new Float64Array(SAMPLES);
  readonly #remaining = new Float64Array(SAMPLES);
  readonly #work = new Float64Array(SAMPLES);
  #windows = new Float64Array(64);
  #now = 0;
  #totalWork = 0;
  /** The sample that `enter` was last told of ends here. */
  boundary: number;

  /** `expectedSeconds`: about how long the run will take at least. A wrong guess costs time or detail, no truth. */
  constructor(expectedSeconds: number) {
    // A power of two, so that doubling it stays exact; short enough that a run of a sixteenth has its samples, too.
    const shortest = expectedSeconds / (16 * SAMPLES);
    this.#sampleSeconds = this.boundary = 2 ** Math.max(-20, Math.min(0, Math.floor(Math.log2(shortest))));
  }

  /** Time has come to `time`; it never goes back. */
  enter(time: number): void {
    if (time < this.boundary) return;
    this.#now = this.#sample(time);
    this.boundary = (this.#now + 1) * this.#sampleSeconds;
  }

  /**
   * What happened in the sample entered last: page transmissions, those that brought the destination something new,
   * pages that became dirty, pages that became stale.
   */
  add(sent: number, fresh: number, dirtied: number, staled: number): void {
    this.#sent[this.#now]! += sent;
    this.#dirtied[this.#now]! += dirtied;
    this.#remaining[this.#now]! += staled - fresh;
  }

  /** The guest lost so many seconds of its work in the sample entered last. */
  lost(seconds: number): void {
    this.#totalWork -= seconds;
    this.#work[this.#now]! -= seconds;
    const window = Math.floor((this.#now * this.#sampleSeconds) / WINDOW);
    this.#reach(window);
    this.#windows[window]! -= seconds;
  }

  sentAt(time: number): void {
    const sample = this.#sample(time);
    this.#sent[sample]!++;
    this.#remaining[sample]!--;
  }

  /** The guest worked from `from` to `to`, at this fraction of its undisturbed speed. */
  worked(from: number, to: number, fraction: number): void {
    if (to <= from || fraction <= 0) return;
    this.#totalWork += (to - from) * fraction;
    this.#sample(to);
    spread(this.#work, this.#sampleSeconds, from, to, fraction);
    this.#reach(Math.floor(to / WINDOW));
    spread(this.#windows, WINDOW, from, to, fraction);
  }

  /** `dependent`: the guest still needs the source, so its last window tells how it fares from now on. */
  throughput(totalSeconds: number, dependent: boolean): Throughput {
    let lowest = 1;
    for (let i = 0; i * WINDOW < totalSeconds; i++) lowest = Math.min(lowest, this.#window(i, totalSeconds));
    const last = Math.max(0, Math.ceil(totalSeconds / WINDOW) - 1);
    return {
      before: 1,
      lowest,
      during: totalSeconds > 0 ? clamp(this.#totalWork / totalSeconds) : 1,
      after: dependent ? this.#window(last, totalSeconds) : 1,
    };
  }

  timeline(totalSeconds: number, pageCount: number): Timeline {
    this.#sample(totalSeconds); // a run may end long after the last thing that was recorded
    const sampleSeconds = this.#sampleSeconds;
    const length = Math.min(SAMPLES, Math.max(1, Math.ceil(totalSeconds / sampleSeconds)));
    let remaining = pageCount;
    return {
      sampleSeconds,
      pagesSent: Array.from(this.#sent.subarray(0, length)),
      pagesDirtied: Array.from(this.#dirtied.subarray(0, length)),
      pagesRemaining: Array.from(this.#remaining.subarray(0, length), (change) => (remaining += change)),
      throughput: Array.from(this.#work.subarray(0, length), (work, i) =>
        clamp(work / Math.min(sampleSeconds, Math.max(totalSeconds - i * sampleSeconds, Number.MIN_VALUE))),
      ),
    };
  }

  /** Makes room for window `i`. */
  #reach(i: number): void {
    if (i < this.#windows.length) return;
    const windows = new Float64Array(2 * (i + 1));
    windows.set(this.#windows);
    this.#windows = windows;
  }

  #window(i: number, totalSeconds: number): number {
    const length = Math.min(WINDOW, totalSeconds - i * WINDOW);
    return length > 0 ? clamp((this.#windows[i] ?? 0) / length) : 1;
  }

  #sample(time: number): number {
    while (time >= SAMPLES * this.#sampleSeconds) {
      this.#sampleSeconds *= 2;
      for (const series of [this.#sent, this.#dirtied, this.#remaining, this.#work]) {
        for (let i = 0; i < SAMPLES; i++) {
          series[i] = i < SAMPLES / 2 ? series[2 * i]! + series[2 * i + 1]! : 0;
        }
      }
      this.#now >>>= 1;
      this.boundary = (this.#now + 1) * this.#sampleSeconds;
    }
    return Math.floor(time / this.#sampleSeconds);
  }
}

/** Adds `fraction` × the part of [from, to) that falls into each cell of length `cell`. */
function spread(cells: Float64Array, cell: number, from: number, to: number, fraction: number): void {
  for (let i = Math.floor(from / cell); i < cells.length && i * cell < to; i++) {
    cells[i]! += fraction * Math.max(0, Math.min(to, (i + 1) * cell) - Math.max(from, i * cell));
  }
}

/** A share of the whole. Sums of many parts miss the whole by a few units in the last place. */
function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
