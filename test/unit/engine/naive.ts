import type { Scenario, SendOptions } from '../../../src/engine';

/**
 * A second, independent engine for pre-copy, as slow and plain as can be: every write and every page transmission is
 * an event of its own in one sorted list. It exists only to be compared with the real one.
 */
export interface NaiveStep {
  do: 'send' | 'wait' | 'sync' | 'pause';
  pages: number[];
  /** For `wait`. */
  seconds: number;
  /** For `send`. */
  options?: SendOptions;
}

export interface NaiveResult {
  now: number;
  bytes: number;
  dirtyAtSync: number[][];
  /** After each step. */
  stale: number[][];
  unsent: number[][];
  missing: number[];
}

/** `writes`: the pages that the guest writes, in order; write k (from 1) falls due at k / rate. */
export function naive(scenario: Scenario, writes: number[], steps: NaiveStep[]): NaiveResult {
  const { pages, writesPerSecond } = scenario.guest;
  const rate = scenario.link.bytesPerSecond;
  const dirty = new Set<number>();
  const stale = new Set(Array.from({ length: pages }, (_, page) => page));
  const missing = new Set(stale);
  const dirtyAtSync: number[][] = [];
  const staleAfter: number[][] = [];
  const unsentAfter: number[][] = [];
  const sorted = (set: Iterable<number>) => [...set].sort((a, b) => a - b);
  let unsent: number[] = [];
  let now = 0;
  let bytes = 0;
  let written = 0;
  let paused = false;

  const writeUpTo = (time: number, including: boolean) => {
    while (!paused && writesPerSecond > 0) {
      const due = (written + 1) / writesPerSecond;
      if (due > time || (due === time && !including)) return;
      const page = writes[written++]!;
      dirty.add(page);
      stale.add(page);
    }
  };

  for (const step of steps) {
    if (step.do === 'wait') {
      now += step.seconds;
      writeUpTo(now, true);
    } else if (step.do === 'sync') {
      dirtyAtSync.push(sorted(dirty));
      dirty.clear();
    } else if (step.do === 'pause') paused = true;
    else {
      const start = now;
      const { seconds = Infinity, bytes: mostBytes = Infinity, skipDirty = false } = step.options ?? {};
      let sent = 0;
      unsent = sorted(step.pages);
      while (unsent.length > 0 && sent < mostBytes && sent / rate < seconds) {
        const page = unsent.shift()!;
        writeUpTo(start + sent / rate, true); // at equal times the write comes first
        if (skipDirty && dirty.has(page)) continue;
        stale.delete(page);
        missing.delete(page);
        sent += 4096;
      }
      now = start + sent / rate;
      bytes += sent;
      writeUpTo(now, true);
    }
    staleAfter.push(sorted(stale));
    unsentAfter.push(sorted(unsent));
  }
  return { now, bytes, dirtyAtSync, stale: staleAfter, unsent: unsentAfter, missing: sorted(missing) };
}
