import type { Throughput, Timeline } from '../engine/report';
import { PAGE_SIZE } from '../engine/scenario';
import type { Observations } from './observations';
import { pagesIn } from './query-migrate';
import { Series } from './series';

/** As many samples as the simulator's reports have at most; none is shorter than we ask QEMU: seconds. */
const SAMPLES = 256;
const SHORTEST_SECONDS = 0.02;
/** Throughput is judged in windows of this length, as in the simulator: seconds. */
const WINDOW_SECONDS = 0.1;

/** What QEMU said over time, on a clock that starts with the migration; seconds and pages. */
export interface Course {
  readonly sent: Series;
  /** As far as QEMU knows: what the guest wrote since the bitmap was read last is not in it. */
  readonly remaining: Series;
  /** Pages that readings of the bitmap found dirty, in all. */
  readonly found: Series;
}

export function courseOf({ polls, startedAt }: Observations, totalPages: number): Course {
  const course = { sent: new Series(), remaining: new Series(), found: new Series() };
  course.sent.add(0, 0);
  course.remaining.add(0, totalPages);
  course.found.add(0, 0);
  for (const { hostSeconds, info } of polls) {
    if (!info.ram || info.ram.total === 0) continue;
    const time = hostSeconds - startedAt;
    const sent = pagesIn(info);
    const remaining = info.ram.remaining / PAGE_SIZE;
    course.sent.add(time, sent);
    course.remaining.add(time, remaining);
    // What is left is what there was, less what was sent, and what was found dirty since.
    course.found.add(time, Math.max(course.found.values.at(-1)!, remaining + sent - totalPages));
  }
  return course;
}

/** The run in samples. What readings of the bitmap found dirty is spread over the time since the reading before, as the guest wrote. */
export function timelineOf(observed: Observations, course: Course, total: number, span: Span): Timeline {
  const sampleSeconds = Math.max(SHORTEST_SECONDS, total / SAMPLES);
  const count = Math.max(1, Math.ceil(total / sampleSeconds - 1e-9));
  const samples = Array.from({ length: count }, (_, i) => [i * sampleSeconds, Math.min(total, (i + 1) * sampleSeconds)] as const);
  const whole = (from: number, to: number, series: Series) => Math.round(series.at(to)) - Math.round(series.at(from));
  return {
    sampleSeconds,
    pagesSent: samples.map(([from, to]) => whole(from, to, course.sent)),
    pagesDirtied: samples.map(([from, to]) => whole(from, to, course.found)),
    pagesRemaining: samples.map(([, to]) => Math.round(course.remaining.at(to))),
    throughput: samples.map(([from, to]) => share(observed, from, to)),
    ...(span.pausedAt !== undefined && { pausedAtSeconds: span.pausedAt }),
    ...(span.resumedAt !== undefined && { resumedAtSeconds: span.resumedAt }),
  };
}

/** When the guest stood still, seconds since the start: from its last heartbeat at the source to its first elsewhere. */
export interface Span {
  readonly pausedAt?: number;
  readonly resumedAt?: number;
}

/** While it stood still it did nothing; before and after it never did more than undisturbed, however that was measured. */
export function throughputOf(observed: Observations, total: number, span: Span, arrived: boolean): Throughput {
  const { pausedAt = total, resumedAt = total } = span;
  const worked = pausedAt * share(observed, 0, pausedAt) + (total - resumedAt) * share(observed, resumedAt, total);
  const windows: number[] = [];
  for (let from = 0; from + WINDOW_SECONDS <= total + 1e-9; from += WINDOW_SECONDS) {
    windows.push(share(observed, from, from + WINDOW_SECONDS));
  }
  const { startedAt, atDestination } = observed;
  const last = (atDestination.last ?? startedAt) - startedAt;
  return {
    before: 1,
    lowest: windows.length > 0 ? Math.min(...windows) : share(observed, 0, total),
    during: total > 0 ? worked / total : 1,
    after: arrived && last > total ? share(observed, total, last) : 1,
  };
}

/**
 * The guest's work between two times, as a fraction of undisturbed. A guest that writes nothing works as long as it beats.
 */
export function share(observed: Observations, from: number, to: number): number {
  if (to <= from) return 1;
  const { undisturbedRate, startedAt } = observed;
  const work = undisturbedRate > 0 ? written : beating;
  const done = work(observed.source, startedAt + from, startedAt + to) + work(observed.atDestination, startedAt + from, startedAt + to);
  return Math.min(1, Math.max(0, done / ((to - from) * (undisturbedRate || 1))));
}

function written(series: Series, from: number, to: number): number {
  return series.at(to) - series.at(from);
}

/** A guest that was silent for longer stood still, seconds. */
const SILENT_SECONDS = 0.005;

function beating({ times }: Series, from: number, to: number): number {
  let seconds = 0;
  for (let i = 1; i < times.length; i++) {
    const [a, b] = [Math.max(from, times[i - 1]!), Math.min(to, times[i]!)];
    if (b > a && times[i]! - times[i - 1]! <= SILENT_SECONDS) seconds += b - a;
  }
  return seconds;
}
