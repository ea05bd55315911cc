import type { Page } from '../api';
import type { Touches } from './touches';

/** The pages of the streams' last touches, in turn, newest first: at most `count` different ones. */
export function recentlyUsed(streams: readonly Touches[], count: number): Set<Page> {
  const pages = new Set<Page>();
  let open = streams.map((stream) => stream.latest());
  while (open.length > 0 && pages.size < count) {
    open = open.filter((latest) => {
      const { value, done } = latest.next();
      if (!done && pages.size < count) pages.add(value);
      return !done;
    });
  }
  return pages;
}
