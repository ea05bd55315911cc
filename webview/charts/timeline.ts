import type { RunDetails, ShownRun, Table } from '../../src/protocol/outputs';
import { count, seconds, share } from '../../src/protocol/quantities';

/** A run over time, as three panels on one time axis show it. */
export interface TimelineModel {
  endSeconds: number;
  /** When the guest stood still; both absent if it never did. */
  pause?: { from: number; to: number };
  /** When the live rounds ended. */
  roundEnds: readonly number[];
  remaining: Point[];
  /** Pages per second. */
  sent: Point[];
  dirtied: Point[];
  throughput: Point[];
  /** The same outside the pause: what is missing to a hundred percent is the brownout. */
  brownout: Point[];
}

export interface Point {
  x: number;
  y: number;
}

/** Rows of the table behind the charts: enough to follow the run, few enough to read. */
const MOST_ROWS = 24;

export function timelineModel(run: ShownRun & RunDetails): TimelineModel {
  const { timeline } = run;
  const { sampleSeconds, pausedAtSeconds: from } = timeline;
  const samples = timeline.throughput.length;
  const covered = samples * sampleSeconds;
  // The last sample is rarely full.
  const endSeconds =
    run.totalSeconds > covered - sampleSeconds && run.totalSeconds < covered ? run.totalSeconds : covered;
  // A pause without an end lasts as long as anybody looked.
  const pause = from === undefined ? undefined : { from, to: timeline.resumedAtSeconds ?? endSeconds };
  const width = (i: number) => Math.min(sampleSeconds, endSeconds - i * sampleSeconds);
  const middle = (i: number) => i * sampleSeconds + width(i) / 2;
  const rate = (values: number[]) => values.map((value, i) => ({ x: middle(i), y: value / width(i) }));
  const work = timeline.throughput.map((y, i) => ({ x: middle(i), y }));
  return {
    endSeconds,
    ...(pause && { pause }),
    roundEnds: run.roundEnds,
    remaining: [
      { x: 0, y: run.guestPages },
      ...timeline.pagesRemaining.map((y, i) => ({ x: i * sampleSeconds + width(i), y })),
    ],
    sent: rate(timeline.pagesSent),
    dirtied: rate(timeline.pagesDirtied),
    throughput: interrupted(work, sampleSeconds / 2, pause, 0),
    brownout: interrupted(work, sampleSeconds / 2, pause, 1),
  };
}

/** The line with one value for the whole pause, even if the pause is shorter than a sample. */
function interrupted(points: Point[], half: number, pause: TimelineModel['pause'], value: number): Point[] {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return [];
  const { from, to } = pause ?? { from: Infinity, to: Infinity };
  // A sample that holds a part of the pause is a mixture: it would paint a brownout beside the blackout.
  const before = points.filter((p) => p.x + half <= from);
  const after = points.filter((p) => p.x - half >= to);
  const start = before[0] ? [{ x: 0, y: before[0].y }, ...before] : [];
  if (!pause) return start;
  const edges = (neighbour: Point | undefined, x: number) => (neighbour ? [{ x, y: neighbour.y }] : []);
  return [
    ...start,
    ...edges(before.at(-1), from),
    { x: from, y: value },
    { x: to, y: value },
    ...edges(after[0], to),
    ...after,
  ];
}

/** The same as a table. */
export function timelineTable(run: ShownRun & RunDetails): Table {
  const { sampleSeconds, pagesSent, pagesDirtied, pagesRemaining, throughput } = run.timeline;
  const step = Math.max(1, Math.ceil(throughput.length / MOST_ROWS));
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  const rows: string[][] = [];
  for (let i = 0; i < throughput.length; i += step) {
    const part = <T>(values: T[]) => values.slice(i, i + step);
    const work = part(throughput);
    const until = Math.min(i + step, throughput.length);
    rows.push([
      seconds(until * sampleSeconds),
      count(sum(part(pagesSent))),
      count(sum(part(pagesDirtied))),
      count(pagesRemaining[until - 1] ?? 0),
      share(sum(work) / work.length),
    ]);
  }
  const titles = ['Until', 'Pages sent', 'Pages dirtied', 'Pages still missing or stale', 'Work of the guest'];
  return {
    caption: `${run.label}, step by step`,
    columns: titles.map((title) => ({ title, numeric: true })),
    rows,
  };
}
