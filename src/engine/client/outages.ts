import type { OutageCause } from './client-view';

/** A time in which the guest answers nobody, seconds after the start. */
export interface Outage {
  readonly from: number;
  /** Infinity: it never answers again. */
  readonly to: number;
  /**
   * What is sent to the guest before this time goes to a host that the guest has left, and is lost. What is sent later
   * waits for it in its host's queue (QEMU: the tap device's), and is answered at `to`.
   */
  readonly lostBefore: number;
  readonly because: OutageCause;
}

/** What became of a guest. Times in seconds after the start. */
export interface Whereabouts {
  /** When it was paused at the source; absent if it never was. */
  readonly pausedAt?: number;
  /** Since when frames find it running at the destination; absent if it never ran there. */
  readonly reachableAt?: number;
  /** Since when it runs at the source again, as the migration failed or was given up. */
  readonly backAt?: number;
  /** Since when it is lost. */
  readonly lostAt?: number;
  /** When all vCPUs waited for pages at the destination: from, to, from, to … */
  readonly standstills?: readonly number[];
}

/** The guest's outages, in the order of their times; those that touch are one. */
export function outagesOf({ pausedAt, reachableAt, backAt, lostAt, standstills = [] }: Whereabouts): Outage[] {
  if (pausedAt === undefined) return [];
  if (backAt !== undefined) return [{ from: pausedAt, to: backAt, lostBefore: pausedAt, because: 'paused' }];
  // Nobody resumes it.
  if (reachableAt === undefined) return [{ from: pausedAt, to: Infinity, lostBefore: pausedAt, because: 'lost' }];
  const outages: Outage[] = [{ from: pausedAt, to: reachableAt, lostBefore: reachableAt, because: 'paused' }];
  for (let i = 0; i < standstills.length; i += 2) {
    append(outages, { from: standstills[i]!, to: standstills[i + 1]!, lostBefore: standstills[i]!, because: 'missing-pages' });
  }
  if (lostAt !== undefined) append(outages, { from: lostAt, to: Infinity, lostBefore: lostAt, because: 'lost' });
  return outages;
}

/** The next outage may have begun before the last one ended. What takes longer, before the guest is found or after, is the cause. */
function append(outages: Outage[], next: Outage): void {
  const last = outages.at(-1)!;
  if (next.from > last.to) return void outages.push(next);
  const to = Math.max(last.to, next.to);
  const { from, lostBefore } = last;
  outages[outages.length - 1] = { ...last, to, because: to - lostBefore > lostBefore - from ? next.because : last.because };
}
