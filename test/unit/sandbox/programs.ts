import fc from 'fast-check';
import type { Report, Scenario, Strategy } from '../../../src/engine';

/** A guest of 8 MiB with free pages, a page cache and zero pages: every verb finds something to do. */
export const LIVELY: Scenario = {
  guest: {
    pages: 2048,
    workload: 'hot-cold',
    writesPerSecond: 20_000,
    readsPerSecond: 10_000,
    workingSetPages: 1024,
    zeroFraction: 0.1,
    freeFraction: 0.2,
    cacheFraction: 0.1,
    vcpus: 4,
    writers: 2,
    stateBytes: 2 ** 16,
  },
  link: { bytesPerSecond: 2 ** 26, latency: 1e-4 },
  downtimeLimit: 0.01,
  maxRounds: 30,
  seed: 7,
  ideal: false,
};

/** The strategy with this body, in this process: for what is made here only. */
export function nativeStrategy(body: string): Strategy {
  return new Function(`return function* native(m) {${body}}`)() as Strategy;
}

/** The file with this body, as a learner would hand it in. */
export function sourceOf(body: string): string {
  return `export default function* sandboxed(m) {${body}}`;
}

/** A report to the byte; but where in a text something is, only the sandbox knows. */
export function bytesOf(report: Report | undefined): string {
  return JSON.stringify(report, (key, value: unknown) => (key === 'line' || key === 'column' ? undefined : value));
}

const page = fc.integer({ min: 0, max: 2048 });
const seconds = fc.constantFrom('0', '0.001', '0.01', '0.03', 'undefined');
const edge = fc.constantFrom('-1', '0', '1.5', '7', '64', '2047', '2048', '1e9', 'Infinity', 'NaN', '-Infinity');

const source = fc.constantFrom(
  'm.guest.allPages()',
  'm.guest.allPages()',
  'm.guest.pages([0, 1, 31, 32, 2047])',
  'm.missing()',
  'm.unsent()',
  'm.peekDirty()',
  'm.syncDirty()',
  'm.freePages()',
  'm.recentlyUsed(100)',
);
const part = fc.oneof(
  fc.constant(''),
  fc.tuple(page, page).map(([from, to]) => `.between(${from}, ${to})`),
  fc.tuple(edge, edge).map(([from, to]) => `.between(${from}, ${to})`),
  page.map((count) => `.first(${count % 300})`),
  page.map((pivot) => `.nearest(${pivot}, 50)`),
);
const set = fc.oneof(
  fc.tuple(source, part).map((parts) => parts.join('')),
  fc
    .tuple(source, part, fc.constantFrom('union', 'minus', 'intersect'), source)
    .map(([a, b, verb, other]) => `${a}${b}.${verb}(${other})`),
);
const bounds = fc.oneof(
  fc.constant(''),
  fc
    .tuple(seconds, fc.constantFrom('0', '4096', '100000', 'undefined'), fc.constantFrom('true', 'true', 'false', 'undefined', '1'))
    .map(([time, bytes, skip]) => `, { seconds: ${time}, bytes: ${bytes}, skipDirty: ${skip} }`),
  seconds.map((time) => `, { seconds: ${time} }`),
);
const turns = fc.oneof(
  fc.constant(''),
  fc
    .tuple(fc.constantFrom('true', 'false', 'undefined', '0'), fc.constantFrom('0.002', '0.01', '0', 'undefined'))
    .map(([writers, run]) => `, { writers: ${writers}, runSeconds: ${run} }`),
);

const statement = fc.oneof(
  fc.tuple(set, bounds).map(([pages, options]) => `yield m.send(${pages}${options});`),
  fc.constantFrom('0', '0.001', '0.02').map((time) => `yield m.wait(${time});`),
  fc.constantFrom('1e6', '3e7', 'Infinity', '0', 'NaN').map((rate) => `m.limitRate(${rate});`),
  fc
    .tuple(fc.constantFrom('0', '0.2', '0.99', '1'), turns)
    .map(([fraction, options]) => `m.throttle(${fraction}${options}); yield m.wait(0.03);`),
  fc.oneof(page.map((count) => String(count % 700)), edge).map((count) => `m.note('balloon ' + m.balloon(${count}));`),
  part.map((some) => `m.release(m.freePages()${some});`),
  set.map((pages) => `m.release(${pages});`),
  set.map((pages) => `m.discard(${pages});`),
  fc.tuple(set, edge).map(([pages, at]) => `{ const s = ${pages}; m.note([s.size, s.has(${at}), s.first(9).toArray()].join()); }`),
  edge.map((count) => `m.note('used ' + m.recentlyUsed(${count}).size);`),
  set.map((pages) => `m.note('takes ' + m.secondsToSend(${pages}));`),
  fc.constantFrom(
    'm.note([m.now, m.paused, m.resumed, m.pagesSent, m.bytesSent, m.maxBandwidth].join());',
    'm.pause();',
    'yield m.sendState();',
    'yield m.mirrorStorage();',
    'm.announce();',
    'm.note(m.faults().join());',
  ),
);
/** Hands over, more or less properly. */
const HAND_OVER = `
if (!m.paused) m.pause();
yield m.send(m.syncDirty().union(m.unsent()));
yield m.sendState();
m.note([m.paused, m.resumed].join());
m.resumeAtDestination();
m.note([m.paused, m.resumed].join());`;

/** Small programs of all verbs. What a verb refuses becomes a note, so that the program goes on. */
export const programs = fc
  .tuple(fc.array(statement, { maxLength: 12 }), fc.boolean(), fc.array(statement, { maxLength: 5 }))
  .map(([before, handsOver, after]) => {
    const guarded = (text: string) => `try { ${text} } catch (e) { m.note(e.name + ': ' + e.message); }`;
    const last = handsOver ? [HAND_OVER, ...after.map(guarded), 'yield m.send(m.missing());'] : [];
    return [...before.map(guarded), ...last].join('\n');
  });
