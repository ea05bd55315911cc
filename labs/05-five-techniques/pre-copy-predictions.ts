import { differ, reportOf } from '../../src/lab/measure';
import type { PredictionActivity } from '../../src/lab/question';

/** The predictions of 5.3, where pre-copy surprises most. */

const MILLI_POINTS = 250;

export const quietDowntime: PredictionActivity = {
  kind: 'prediction',
  id: 'quiet-downtime',
  title: 'Downtime of a quiet guest',
  milliPoints: MILLI_POINTS,
  prompt:
    'The guest writes only 16 MiB/s, and the link carries 119 MiB/s. The downtime limit is 300 ms. How long will ' +
    'the downtime be?',
  experiment: 'quiet-guest',
  ask: {
    options: [
      {
        id: 'below-30-ms',
        text: 'below 30 ms: with so few writes hardly anything is left',
        reply: 'One more round would get there. Nobody asked for it.',
      },
      {
        id: '30-to-100-ms',
        text: 'between 30 ms and 100 ms',
        reply: 'One more round would get below that. Nobody asked for it.',
      },
      { id: '100-to-300-ms', text: 'between 100 ms and 300 ms', reply: '' },
      {
        id: 'above-300-ms',
        text: 'above 300 ms',
        reply: 'The rule is to pause only when the rest fits the limit, so for a guest this quiet it holds.',
      },
    ],
  },
  measured: (reports) => {
    const downtime = reportOf(reports, 'pre-copy')?.downtimeSeconds;
    if (downtime === undefined) return undefined;
    return downtime < 0.03
      ? 'below-30-ms'
      : downtime < 0.1
        ? '30-to-100-ms'
        : downtime <= 0.3
          ? '100-to-300-ms'
          : 'above-300-ms';
  },
  explanation:
    'Pre-copy does not look for the shortest downtime. It stops as soon as the rest fits the limit, and most of ' +
    'the time it stops not far below it. A limit is a promise, not an ambition.',
};

export const priceOfALimit: PredictionActivity = {
  kind: 'prediction',
  id: 'price-of-a-limit',
  title: 'The price of a strict limit',
  milliPoints: MILLI_POINTS,
  prompt:
    'A guest that writes 32 MiB/s is migrated with a limit of 3 s, and again with a limit of 30 ms. How much longer ' +
    'does the whole migration take with the strict limit?',
  experiment: 'limits',
  ask: {
    options: [
      { id: 'hardly', text: 'hardly longer: less than a tenth', reply: '' },
      {
        id: 'somewhat',
        text: 'somewhat longer: up to twice as long',
        reply: 'The extra rounds are short, because each round is much shorter than the one before.',
      },
      {
        id: 'much',
        text: 'more than twice as long',
        reply: 'The extra rounds are short, because each round is much shorter than the one before.',
      },
    ],
  },
  measured: (reports) => {
    const strict = reportOf(reports, 'pre-copy', 'downtimeLimit 30 ms')?.totalSeconds;
    const loose = reportOf(reports, 'pre-copy', 'downtimeLimit 3 s')?.totalSeconds;
    if (!strict || !loose) return undefined;
    return strict < 1.1 * loose ? 'hardly' : strict <= 2 * loose ? 'somewhat' : 'much';
  },
  explanation:
    'A hundredfold stricter limit costs two or three short rounds. As long as the guest writes clearly slower ' +
    'than the link carries, a short downtime is cheap.',
};

export const moreRounds: PredictionActivity = {
  kind: 'prediction',
  id: 'more-rounds',
  title: 'More rounds',
  milliPoints: MILLI_POINTS,
  prompt:
    'This guest writes 160 MiB/s, faster than the link carries. What do 30 rounds instead of 5 do to the downtime?',
  experiment: 'faster-than-the-link',
  ask: {
    options: [
      {
        id: 'shorter',
        text: 'they make it shorter',
        reply:
          'Each round lasts long enough for the guest to write its whole working set again. The last round ' +
          'leaves as much behind as the first.',
      },
      { id: 'same', text: 'it stays the same', reply: '' },
      {
        id: 'longer',
        text: 'they make it longer',
        reply:
          'What is left after a round cannot be more than the working set, and it is that after the first round ' +
          'already.',
      },
    ],
  },
  measured: (reports) => {
    const few = reportOf(reports, 'pre-copy', 'maxRounds 5')?.downtimeSeconds;
    const many = reportOf(reports, 'pre-copy', 'maxRounds 30')?.downtimeSeconds;
    if (few === undefined || many === undefined) return undefined;
    return !differ(few, many) ? 'same' : many < few ? 'shorter' : 'longer';
  },
  explanation:
    'Every round leaves the whole working set dirty, so every round is as long as the one before. The downtime is ' +
    'the working set divided by the bandwidth, after 2 rounds as after 30; the rest is traffic for nothing.',
};

export const whoWritesMore: PredictionActivity = {
  kind: 'prediction',
  id: 'who-writes-more',
  title: 'Two guests',
  milliPoints: MILLI_POINTS,
  prompt:
    'Two guests differ in one thing only: the first writes 6,000 pages/s, the second 8,000 pages/s. Which one ' +
    'has the longer downtime under pre-copy?',
  experiment: 'sawtooth',
  ask: {
    options: [
      { id: 'first', text: 'the first, which writes less', reply: '' },
      {
        id: 'second',
        text: 'the second, which writes more',
        reply:
          'It seems to follow, and it does not: the second guest needs a round more, and that round makes what ' +
          'is left much smaller.',
      },
      { id: 'equal', text: 'both the same', reply: 'Both fit the limit, but at different distances from it.' },
    ],
  },
  measured: (reports) => {
    const first = reportOf(reports, 'pre-copy', 'guest.writes 6000 pages/s')?.downtimeSeconds;
    const second = reportOf(reports, 'pre-copy', 'guest.writes 8000 pages/s')?.downtimeSeconds;
    if (first === undefined || second === undefined) return undefined;
    return !differ(first, second) ? 'equal' : first > second ? 'first' : 'second';
  },
  explanation:
    'Within the same number of rounds the downtime grows with the write rate. When it would pass the limit, ' +
    'another round is made, and the downtime falls to a fraction: a sawtooth. The total time does grow ' +
    'steadily.',
};
