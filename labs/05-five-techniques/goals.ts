import type { Report } from '../../src/engine/report';
import type { Goal } from '../../src/lab/question';

/** What each technique achieves beyond breaking no rule. All are read off the report, so they hold for any code. */

/** A full page's bytes on the wire: 4096 and an 8-byte header. */
const PAGE_BYTES = 4104;

const ms = (seconds: number) => `${(seconds * 1000).toFixed(1)} ms`;
const pages = (count: number) => (count === 1 ? '1 page' : `${count} pages`);

export const nothingLeftBehind: Goal = {
  id: 'nothing-left-behind',
  expected: 'At the end the destination has every page, so that the source can be switched off.',
  missed: ({ residualPages }) => (residualPages > 0 ? `${pages(residualPages)} stayed at the source.` : undefined),
  why: 'A guest that still depends on its source dies with it. Often the source was to be emptied in the first place.',
  next: 'Ask `m.missing()` what the destination lacks, and go on until that set is empty.',
};

export const everyPageOnce: Goal = {
  id: 'every-page-once',
  expected: 'Each page is sent exactly once.',
  missed: ({ pagesSent, guestPages }) =>
    pagesSent > guestPages ? `${pagesSent} pages were sent, for a guest of ${guestPages}.` : undefined,
  why:
    'This technique never has to send a page again: that is the best thing about it. Each extra page is wasted ' +
    'time.',
  next: 'Look for pages that you send although the destination has their newest content.',
};

export const handsOverAtOnce: Goal = {
  id: 'hands-over-at-once',
  expected: 'Nothing but vCPU and device state is sent while the guest is paused.',
  missed: ({ finalPages, downtimeSeconds }) =>
    finalPages > 0 ? `${pages(finalPages)} were sent during the downtime of ${ms(downtimeSeconds)}.` : undefined,
  why: 'The short downtime, the same for every guest, is what this technique is chosen for.',
  next: 'Move every `m.send(…)` out of the stretch between `m.pause()` and `m.resumeAtDestination()`.',
};

export const copiesLive: Goal = {
  id: 'copies-live',
  expected: 'First every page is sent once while the guest runs at the source.',
  missed: ({ rounds, guestPages }) => {
    if (rounds.length === 0) return 'There was no live round: nothing was sent before the guest was paused.';
    return rounds[0].pages < guestPages
      ? `The first live round sent ${pages(rounds[0].pages)} of ${guestPages}.`
      : undefined;
  },
  why: 'What is copied live costs no downtime. This is where the bulk of the memory moves.',
  next: 'Begin with `yield m.send(m.guest.allPages())`, before the pause.',
};

export const noFaults: Goal = {
  id: 'no-faults',
  expected: 'When the guest starts at the destination, its memory is there: it never has to ask the source for a page.',
  missed: ({ networkFaults }) =>
    networkFaults > 0 ? `The guest waited for ${pages(networkFaults)} after the hand-over.` : undefined,
  why:
    'Pre-copy is the careful technique: until the hand-over the source has everything, after it the destination ' +
    'has. Nobody depends on both.',
  next: 'Send all memory before `m.resumeAtDestination()`.',
};

export const onlyDirtyPages: Goal = {
  id: 'only-dirty-pages',
  expected: 'Each round after the first sends only what was written during the round before.',
  missed: ({ rounds }) => {
    const i = rounds.findIndex((round, n) => n > 0 && round.pages > rounds[n - 1].dirtied);
    return i < 0
      ? undefined
      : `Round ${i} left ${pages(rounds[i - 1].dirtied)} dirty, and round ${i + 1} sent ${rounds[i].pages}.`;
  },
  why: 'Rounds shrink only because each has less to send than the one before. If not, pre-copy never comes to an end.',
  next: 'Let each round send the set that `m.syncDirty()` gave you.',
};

export const stopsInTime: Goal = {
  id: 'stops-in-time',
  expected: 'The guest is paused as soon as the rest can be sent within the downtime limit.',
  missed: (report) => {
    // A little room, because the strategy may measure the rest a moment later than the report does.
    const fits = report.rounds
      .slice(0, -1)
      .findIndex(({ dirtied }) => secondsFor(dirtied, report) <= 0.9 * report.downtimeLimitSeconds);
    if (fits < 0) return undefined;
    const left = report.rounds[fits].dirtied;
    const rest = `only ${pages(left)} were left (${ms(secondsFor(left, report))})`;
    return `After round ${fits + 1} ${rest}, and yet there were ${report.rounds.length} rounds.`;
  },
  why:
    'The operator has said which downtime is good enough. More rounds cost time and network, and change nothing ' +
    'that was asked for.',
  next: 'Compare `m.secondsToSend(pages)` with `m.downtimeLimit` after every round, and leave the loop with `break`.',
};

export const fitsTheLimit: Goal = {
  id: 'fits-the-limit',
  expected: 'For this guest the rest can be made to fit the downtime limit, given enough rounds.',
  missed: ({ downtimeParts, downtimeLimitSeconds }) =>
    downtimeParts.pagesSeconds > downtimeLimitSeconds
      ? `Sending the rest took ${ms(downtimeParts.pagesSeconds)} of downtime; the limit is ${ms(downtimeLimitSeconds)}.`
      : undefined,
  why:
    'Each round is shorter than the one before, so the guest has less time to write in it. That is the whole ' +
    'idea of going round.',
  next: 'Go on with live rounds until `m.secondsToSend(pages)` is no more than `m.downtimeLimit`.',
};

/** For a guest that writes faster than the link carries: all that one can do is to stop trying. */
export function respectsMaxRounds(maxRounds: number): Goal {
  return {
    id: 'respects-max-rounds',
    expected: `There are at most m.maxRounds live rounds, which is ${maxRounds} here.`,
    missed: ({ rounds }) => (rounds.length > maxRounds ? `There were ${rounds.length}.` : undefined),
    why: 'This guest writes faster than the link carries, so no number of rounds will make the rest fit.',
    next: 'Count the rounds in the loop: `for (let round = 1; round <= m.maxRounds; round++)`.',
  };
}

export const onlyOnDemand: Goal = {
  id: 'only-on-demand',
  expected: 'A page moves only when the guest at the destination has asked for it.',
  missed: ({ pagesSent, networkFaults }) =>
    pagesSent > networkFaults
      ? `${pages(pagesSent)} were sent, and the guest had asked for ${networkFaults}.`
      : undefined,
  why:
    'Moving nothing that nobody needs is the point of pure demand paging. (Pushing the rest as well is the next ' +
    'technique.)',
  next: 'Leave out `m.send(…)`: the engine serves the faults while you `yield m.wait(…)`.',
};

/** For a guest that is known to touch this many pages. */
export function servesTheGuest(touched: number): Goal {
  return {
    id: 'serves-the-guest',
    expected: `The source stays until the guest has got what it works with: ${pages(touched)} for this guest.`,
    missed: ({ pagesSent, totalSeconds }) =>
      pagesSent < touched
        ? `The strategy ended after ${ms(totalSeconds)}, when ${pages(pagesSent)} had moved.`
        : undefined,
    why: 'Nobody else has those pages. A guest that touches one of them waits for ever.',
    next: 'Let time pass with `yield m.wait(1)` until `m.faults()` has stopped growing.',
  };
}

export const keepsTheLinkBusy: Goal = {
  id: 'keeps-the-link-busy',
  expected:
    'After the hand-over the pages follow without a break: the guest needs the source for no longer than one ' +
    'copy takes.',
  missed: ({ resumeSeconds, transferredBytes, linkBytesPerSecond }) => {
    // Five percent and the time that the last page is on its way.
    const needed = 1.05 * (transferredBytes / linkBytesPerSecond) + 0.02;
    return resumeSeconds > needed ? `It took ${ms(resumeSeconds)}; one copy takes ${ms(needed)}.` : undefined;
  },
  why:
    'As long as the guest needs both machines, the failure of either kills it. That time should be as short as ' +
    'the link allows.',
  next: 'Do not wait after the hand-over. Yield one send after the other; faults are served ahead of them.',
};

export const onlyStalePagesTwice: Goal = {
  id: 'only-stale-pages-twice',
  expected: 'Only the pages that were written during the live round are sent a second time.',
  missed: ({ pagesSent, guestPages, rounds }) => {
    const written = rounds.reduce((sum, round) => sum + round.dirtied, 0);
    const again = pagesSent - guestPages;
    return again > written ? `${pages(again)} were sent again, and only ${written} had been written.` : undefined;
  },
  why:
    'The live round pays off through the pages that are still good afterwards. Throwing them away leaves ' +
    'nothing but its cost.',
  next: 'Discard exactly the set that `m.syncDirty()` gives you after the pause.',
};

function secondsFor(count: number, { linkBytesPerSecond }: Report): number {
  return (count * PAGE_BYTES) / linkBytesPerSecond;
}
