import { Pages } from '../pages/pages';
import type { Memory } from './memory';
import type { SourceGuest } from './source-guest';

/** Writing a page to the swap device of an ordinary solid-state disk, seconds (assumption). */
const SWAP_OUT_SECONDS = 1e-4;

/**
 * The guest gives up so many pages: free ones, then copies of what is on the disk, then pages in use, the highest
 * first; the guest stands still while those are swapped out. Returns how many were in use.
 */
export function inflateBalloon(pages: number, memory: Memory, source: SourceGuest, now: number): number {
  const free = memory.pagesThatAre('free').size;
  const cached = memory.cache === undefined ? 0 : memory.setFree(memory.pagesThatAre('cache'), pages - free);
  const used = Math.max(0, pages - free - cached);
  if (used > 0) {
    const swapped = memory.setFree(Pages.all(memory.pageCount).minus(memory.pagesThatAre('free')), used);
    source.stallAll(swapped * SWAP_OUT_SECONDS, 'balloon', now);
  }
  return used;
}
