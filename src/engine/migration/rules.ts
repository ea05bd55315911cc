import type { Pages } from '../pages/pages';
import type { FindingKind } from '../report';
import { at } from './history';
import type { Run } from './run';

/** Records that a rule of live migration was broken. */
export type Find = (kind: FindingKind, message: string, page?: number, pages?: number) => void;

/** The guest is about to run at the destination: is all there that it needs, and is it the newest? */
export function checkHandOver(run: Run, find: Find): void {
  checkState(run, find);
  checkPages(run, find);
  if (run.mirror && !run.mirror.ready) {
    find('storage-missing', 'The guest was resumed at the destination, but its disk is still only at the source: mirrorStorage() copies it.');
  }
}

/** These pages are about to be pushed: is none of them there already? */
export function checkPush({ memory: { missing } }: Run, pages: Pages, find: Find): void {
  if (missing.includes(pages)) return;
  const there = pages.minus(missing.snapshot());
  find(
    'page-overwritten',
    `Page 0x${there.lowest.toString(16)} was sent although the running destination had it already: the old content would overwrite what the guest has written since.`,
    there.lowest,
    there.size,
  );
}

function checkState(run: Run, find: Find): void {
  const sent = run.stateSent;
  if (!sent) find('state-missing', 'The guest was resumed at the destination without its vCPU and device state.');
  else if (!sent.paused) {
    find('state-missing', `The guest was resumed with vCPU and device state from ${at(sent.at)}, but it ran on after that.`);
  }
}

function checkPages({ memory, history }: Run, find: Find): void {
  const outdated = memory.outdated();
  if (outdated.size === 0) return;
  const page = history && outdated.has(history.page) ? history.page : outdated.lowest;
  const others = outdated.size > 1 ? `, and ${outdated.size - 1} more` : '';
  find('stale-page', `At the hand-over the destination held an old copy of page 0x${page.toString(16)}${others}.`, page, outdated.size);
}
