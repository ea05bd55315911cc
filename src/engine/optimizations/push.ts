import type { Migration, PageSet, SendOptions, Step, Strategy } from '../api';
import { Bubbles, type PushPolicy } from './bubbles';
import { intercept } from './optimization';
import { orderOf, takeOverPush } from './push-order';

/**
 * A push takes at most so many sends, so that a guest of 1 GiB goes in batches of 32 pages (a millisecond on a
 * 1 Gbit/s link), and one of 32 MiB or less page by page. Within a batch, pages go by address; what the guest asks for
 * goes ahead of the next page, not of the next batch.
 */
const SENDS = 8192;

/** From the hand-over on, the strategy's first send pushes everything that is missing, as this policy says. */
export function pushing(strategy: Strategy, policy: PushPolicy): Strategy {
  return intercept(strategy, (m) => {
    takeOverPush(m.guest);
    return {
      *send(pages: PageSet, options: SendOptions) {
        if (m.resumed) yield* push(m, policy);
        else yield m.send(pages, options);
      },
    };
  });
}

/** Pushes everything that is missing. The engine serves what the guest asks for ahead of it. */
export function* push(m: Migration, policy: PushPolicy): Generator<Step, void, void> {
  const { guest } = m;
  const batch = Math.ceil(guest.pageCount / SENDS);
  let missing = m.missing();
  if (missing.size === 0) return;
  const bubbles = new Bubbles(policy, orderOf(guest), guest.pageCount, missing);
  for (let seen = 0; missing.size > 0; missing = m.missing()) {
    const faults = m.faults();
    for (; seen < faults.length; seen++) bubbles.fault(faults[seen]!);
    const next: number[] = [];
    while (next.length < batch) {
      const page = bubbles.take();
      if (page < 0) break;
      if (missing.has(page)) next.push(page);
    }
    // What is left was asked for and not sent yet, or was under way when the link broke.
    if (next.length === 0) bubbles.restock(missing);
    else yield m.send(guest.pages(next));
  }
}
