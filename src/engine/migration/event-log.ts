import type { Page } from '../api';
import type { Pages } from '../pages/pages';
import type { EngineStep } from './step';

/** Pages as ranges, both ends included: `[[0, 4095], [8192, 8192]]`. */
export type PageRanges = readonly (readonly [from: Page, to: Page])[];

/**
 * One thing that happened, in the order of its virtual time. From the log a run can be stepped through: which pages a
 * step sent and when it began and ended, what each reading of the dirty bitmap gave, every page that the destination
 * asked for, and, in a guest of at most 4,096 pages, every write at the source.
 */
export type RunEvent = { readonly seconds: number } & (
  | { readonly event: 'started'; readonly guestPages: number; readonly linkBytesPerSecond: number; readonly seed: number }
  | { readonly event: 'send'; readonly pages: PageRanges; readonly count: number }
  | { readonly event: 'sent'; readonly transmissions: number; readonly bytes: number; readonly unsent: PageRanges }
  | { readonly event: 'sendState'; readonly bytes: number }
  | { readonly event: 'wait'; readonly forSeconds: number }
  | { readonly event: 'syncDirty'; readonly pages: PageRanges; readonly count: number }
  | { readonly event: 'write'; readonly page: Page }
  | { readonly event: 'discard' | 'release'; readonly pages: PageRanges; readonly count: number }
  | { readonly event: 'balloon'; readonly count: number; readonly inUse: number }
  | { readonly event: 'throttle'; readonly fraction: number }
  | { readonly event: 'limitRate'; readonly bytesPerSecond: number }
  | { readonly event: 'pause' | 'announce' | 'mirrorStorage' }
  | { readonly event: 'resume'; readonly runsAtSeconds: number }
  | { readonly event: 'fault'; readonly page: Page }
  | { readonly event: 'note' | 'abort' | 'broken' | 'finding'; readonly text: string }
  | { readonly event: 'ended' }
);

/** Whoever wants to be told. */
export type EventLog = (event: RunEvent) => void;

/** In larger guests single writes are not told: there would be millions. */
export const MOST_PAGES_WITH_WRITES = 4096;

/** A step begins. */
export function stepEvent({ kind, pages, seconds: forSeconds }: EngineStep, seconds: number, stateBytes: number): RunEvent {
  if (kind === 'send') return { seconds, event: kind, pages: rangesOf(pages!), count: pages!.size };
  if (kind === 'wait') return { seconds, event: kind, forSeconds };
  if (kind === 'sendState') return { seconds, event: kind, bytes: stateBytes };
  return { seconds, event: kind };
}

/** The set as ranges. */
export function rangesOf(pages: Pages): PageRanges {
  const ranges: [Page, Page][] = [];
  for (let page = pages.next(0); page >= 0; page = pages.next(page)) {
    const end = pages.nextAbsent(page);
    ranges.push([page, end - 1]);
    page = end;
  }
  return ranges;
}
