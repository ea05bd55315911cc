import { differ, reportOf, techniqueWith } from '../../src/lab/measure';
import type { PredictionActivity } from '../../src/lab/question';

/** What the learner guesses before running an experiment. What is right is read off the reports. */

const MILLI_POINTS = 250;

export const stillRuns: PredictionActivity = {
  kind: 'prediction',
  id: 'how-much-work',
  title: 'Work during stop-and-copy',
  milliPoints: MILLI_POINTS,
  prompt: 'While stop-and-copy moves this guest, how much of its usual work does the guest get done?',
  experiment: 'run-stop-and-copy',
  ask: {
    options: [
      { id: 'none', text: 'none', reply: '' },
      { id: 'half', text: 'about half', reply: 'A paused guest does not work at half speed. It does not work.' },
      {
        id: 'nearly-all',
        text: 'nearly all',
        reply: 'That will be true of pre-copy. Here the guest is paused from the first page to the last.',
      },
    ],
  },
  measured: (reports) => {
    const during = reportOf(reports, 'stop-and-copy')?.throughput.during;
    return during === undefined ? undefined : during < 0.1 ? 'none' : during < 0.8 ? 'half' : 'nearly-all';
  },
  explanation:
    'Look at the work of the guest: a flat line at zero from the first page to the last. Nothing is wasted, nothing ' +
    'is sent twice, and the price is that nobody is served.',
};

export const whatMoves: PredictionActivity = {
  kind: 'prediction',
  id: 'what-moves',
  title: 'What demand paging moves',
  milliPoints: MILLI_POINTS,
  prompt:
    'The guest has 1 GiB and works with 256 MiB of it. Demand paging waits until no page has been asked for ' +
    'during a whole second. How much has moved by then?',
  experiment: 'run-demand-paging',
  ask: {
    options: [
      { id: 'everything', text: 'everything', reply: 'Nobody sends what nobody touches.' },
      { id: 'working-set', text: 'about as much as it works with', reply: '' },
      {
        id: 'very-little',
        text: 'hardly anything',
        reply:
          'Each page that the guest touches for the first time moves, and in half a minute it touches nearly ' +
          'all that it works with.',
      },
    ],
  },
  measured: (reports) => {
    const report = reportOf(reports, 'demand-paging');
    if (!report) return undefined;
    const share = report.pagesSent / report.guestPages;
    return share > 0.9 ? 'everything' : share > 0.1 ? 'working-set' : 'very-little';
  },
  explanation:
    'A quarter of the pages moved, one by one, each while a vCPU waited for it. Three quarters are still at the ' +
    'source.',
};

export const pushedPages: PredictionActivity = {
  kind: 'prediction',
  id: 'pushed-pages',
  title: 'How many pages post-copy sends',
  milliPoints: MILLI_POINTS,
  prompt:
    'A guest of 262,144 pages writes 400 MiB/s, more than three times what the link carries. How many page ' +
    'transmissions does post-copy need?',
  experiment: 'any-writer',
  ask: { unit: 'pages', relativeTolerance: 0.02 },
  measured: (reports) => reportOf(reports, 'post-copy', 'guest.writes 400 MiB/s')?.pagesSent,
  explanation:
    'Every page once. A page that has arrived belongs to the destination; what the guest writes there is nobody ' +
    "else's business. So the total time does not depend on the writes at all.",
};

export const firstTenth: PredictionActivity = {
  kind: 'prediction',
  id: 'after-the-hand-over',
  title: 'Speed after the hand-over',
  milliPoints: MILLI_POINTS,
  prompt:
    "Post-copy's downtime is about 9 ms. How fast is the guest in its worst tenth of a second, compared with " +
    'its usual speed?',
  experiment: 'run-post-copy',
  ask: {
    options: [
      {
        id: 'above-90',
        text: 'above 90 %: there was hardly any downtime',
        reply:
          'The downtime ends when the guest runs, not when it runs well. It stumbles over one missing page ' +
          'after the other.',
      },
      {
        id: '50-to-90',
        text: '50 % to 90 %',
        reply: 'It is worse: at first nearly every page that it touches is missing.',
      },
      { id: 'below-50', text: 'below 50 %', reply: '' },
    ],
  },
  measured: (reports) => {
    const lowest = reportOf(reports, 'post-copy')?.throughput.lowest;
    return lowest === undefined ? undefined : lowest > 0.9 ? 'above-90' : lowest >= 0.5 ? '50-to-90' : 'below-50';
  },
  explanation:
    'The guest runs, and crawls. The chart marks this stretch as brownout. Downtime is the wrong thing to ' +
    'compare alone: a service that answers at a tenth of its speed may be down for its users.',
};

export const fewestFaults: PredictionActivity = {
  kind: 'prediction',
  id: 'fewest-faults',
  title: 'What the live round buys',
  milliPoints: MILLI_POINTS,
  prompt:
    'Hybrid copies everything live before it hands over. For a guest that writes 200 MiB/s over 256 MiB, how ' +
    'many network faults does that save compared with post-copy?',
  experiment: 'hybrid-busy',
  ask: {
    options: [
      {
        id: 'nearly-all',
        text: 'nearly all of them',
        reply:
          'Only for pages that nobody wrote during the live round. This guest wrote its whole working set, and ' +
          'those are the pages that it touches next.',
      },
      {
        id: 'about-half',
        text: 'a good part of them',
        reply: 'Only for pages that nobody wrote during the live round. This guest wrote its whole working set.',
      },
      { id: 'hardly-any', text: 'hardly any', reply: '' },
    ],
  },
  measured: (reports) => {
    const post = reportOf(reports, 'post-copy')?.networkFaults;
    const hybrid = reportOf(reports, 'hybrid')?.networkFaults;
    if (!post || hybrid === undefined) return undefined;
    const saved = 1 - hybrid / post;
    return saved > 0.8 ? 'nearly-all' : saved > 0.2 ? 'about-half' : 'hardly-any';
  },
  explanation:
    'What the guest writes during the live round is what it will touch after it, and exactly those pages are ' +
    'discarded. The live round pays off for what the guest reads but does not write.',
};

export const idleRace: PredictionActivity = {
  kind: 'prediction',
  id: 'idle-race',
  title: 'An idle guest',
  milliPoints: MILLI_POINTS,
  prompt: 'The same five for a guest that does nothing. Which is done sooner, pre-copy or post-copy?',
  experiment: 'idle',
  ask: {
    options: [
      { id: 'pre-copy', text: 'pre-copy', reply: 'It has nothing to send again, and neither has post-copy.' },
      { id: 'post-copy', text: 'post-copy', reply: 'It sends every page once. So does pre-copy if nobody writes.' },
      { id: 'same', text: 'both at the same time', reply: '' },
    ],
  },
  measured: (reports) => {
    const pre = reportOf(reports, 'pre-copy')?.totalSeconds;
    const post = reportOf(reports, 'post-copy')?.totalSeconds;
    if (!pre || !post) return undefined;
    return !differ(pre, post) ? 'same' : pre < post ? 'pre-copy' : 'post-copy';
  },
  explanation:
    'Both send every page once, at the speed of the link. Their difference is what the guest does meanwhile, and ' +
    'this one does nothing.',
};

export const slowestTotal: PredictionActivity = {
  kind: 'prediction',
  id: 'slowest',
  title: 'The slowest',
  milliPoints: MILLI_POINTS,
  prompt:
    'All five side by side, for a guest that writes about half as fast as the link carries. With which of them does ' +
    'it take longest until no page moves any more?',
  experiment: 'all-five',
  ask: {
    options: techniques(
      'It is among the fastest: every page once, and the link never rests.',
      '',
      'It is among the fastest: every page once, and the link never rests.',
      'Its rounds add up, but the link never rests between them.',
      'It ends soon after its one live round.',
    ),
  },
  measured: (reports) => techniqueWith('highest', ({ totalSeconds }) => totalSeconds, reports),
  explanation:
    'Demand paging moves the fewest pages and takes longest: for each page a request travels and an answer ' +
    'comes back, while the link rests. And it is not even finished then.',
};

function techniques(stopAndCopy: string, demandPaging: string, postCopy: string, preCopy: string, hybrid: string) {
  return Object.entries({
    'stop-and-copy': stopAndCopy,
    'demand-paging': demandPaging,
    'post-copy': postCopy,
    'pre-copy': preCopy,
    hybrid,
  }).map(([id, reply]) => ({ id, text: id, reply }));
}
