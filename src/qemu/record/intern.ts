import { ZERO_HASH } from './attributes';
import type { RawRecording } from './raw-recording';

/** The class that a content of this hash has in all guests that were recorded together. */
export type ClassOf = (hash: number) => number;

const ZERO_CLASS = 0;
const SINGLE_CLASS = 1;

/**
 * Turns hashes into content classes, over all pages, samples and guests at once: 0 for zeros, 1 for what occurs once
 * anywhere, and numbers from 2 for what occurs more often, the most frequent first, because small numbers take less room.
 * Hashes are as good as random, so keeping them would make a trace several times as long.
 */
export function internClasses(recordings: readonly Pick<RawRecording, 'start' | 'samples'>[]): ClassOf {
  const columns = recordings.flatMap(({ start, samples }) => [start.hashes, ...samples.map(({ hashes }) => hashes)]);
  const all = new Float64Array(columns.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const column of columns) {
    all.set(column, at);
    at += column.length;
  }
  // Typed arrays are sorted by number, and equal ones then are neighbours.
  all.sort();
  const shared: { hash: number; count: number }[] = [];
  for (let from = 0; from < all.length; ) {
    const hash = all[from]!;
    let to = from + 1;
    while (to < all.length && all[to] === hash) to++;
    if (to - from > 1 && hash !== ZERO_HASH) shared.push({ hash, count: to - from });
    from = to;
  }
  // At equal counts by hash: the same recordings give the same classes.
  shared.sort((a, b) => b.count - a.count || a.hash - b.hash);
  const classes = new Map(shared.map(({ hash }, i) => [hash, i + 2]));
  return (hash) => (hash === ZERO_HASH ? ZERO_CLASS : (classes.get(hash) ?? SINGLE_CLASS));
}
