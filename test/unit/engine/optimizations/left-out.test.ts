import { expect } from 'chai';
import fc from 'fast-check';
import {
  MECHANISMS,
  optimizations,
  optimized,
  refusal,
  simulate,
  techniques,
  type Migration,
  type OptimizationName,
  type Report,
  type Scenario,
  type Strategy,
  type TechniqueName,
} from '../../../../src/engine';
import { B, ideal } from '../scenarios';
import { anyScenario } from './any-scenario';

const names = ['balloon', 'self-ballooning', 'free-page-hints', 'drop-caches'] as const;

function run(scenario: Scenario, technique: Strategy | TechniqueName, ...by: OptimizationName[]): Report {
  const plain = typeof technique === 'string' ? techniques[technique] : technique;
  const { scenario: prepared, strategy } = optimized(scenario, plain, by);
  return simulate(prepared, strategy);
}

/** 1,024 pages: 512 in use, of which the guest writes the lowest; 256 copies of what is on the disk; 256 free. */
const halfEmpty = (rest: Partial<Scenario['guest']> = {}): Scenario =>
  ideal({ pages: 1024, workingSetPages: 64, freeFraction: 0.25, cacheFraction: 0.25, ...rest });

describe('pages that are left out', () => {
  const sent: Record<(typeof names)[number], number> = {
    balloon: 512,
    'free-page-hints': 768,
    'drop-caches': 768,
    'self-ballooning': 1024 - Math.floor(0.95 * 256),
  };

  it('are not sent, whatever the technique', () => {
    for (const name of names) {
      for (const technique of ['stop-and-copy', 'post-copy', 'pre-copy', 'hybrid'] as const) {
        const report = run(halfEmpty(), technique, name);
        expect(report.violations).to.deep.equal([]);
        expect(report, `${technique} with ${name}`).to.include({ pagesSent: sent[name], residualPages: 0 });
      }
    }
  });

  it('shorten the migration by what they would have taken', () => {
    expect(run(halfEmpty(), 'stop-and-copy', 'balloon').totalSeconds).to.equal(512 / B);
    expect(run(halfEmpty(), 'stop-and-copy', 'free-page-hints').downtimeSeconds).to.equal(768 / B);
  });

  it('may come from two sources', () => {
    expect(run(halfEmpty(), 'pre-copy', 'free-page-hints', 'drop-caches').pagesSent).to.equal(512);
    expect(run(halfEmpty(), 'pre-copy', 'drop-caches', 'free-page-hints').pagesSent).to.equal(512);
    // Once the copies are dropped, the balloon takes 95 % of 512 free pages, and the copies are among them.
    expect(run(halfEmpty(), 'pre-copy', 'self-ballooning', 'drop-caches').pagesSent).to.equal(1024 - Math.floor(0.95 * 512));
    expect(refusal(['balloon', 'self-ballooning'])).to.match(/one balloon/);
    expect(refusal(['drop-caches', 'balloon'])).to.match(/cannot be combined/);
  });

  it('are sent once the guest has written them', () => {
    // The guest writes all of its memory, 1,024 pages in the 1/32 s that the 768 pages of the first round take.
    const busy = { workload: 'once', workingSetPages: 1024, writesPerSecond: 65_536 } as const;
    for (const name of names) {
      const report = run(halfEmpty(busy), 'pre-copy', name);
      expect(report.violations).to.deep.equal([]);
      // Whatever was left out at first has been written, too.
      const [first, ...later] = report.rounds;
      expect(first!.pages).to.equal(sent[name]);
      const rest = later.reduce((sum, round) => sum + round.pages, 0) + report.finalPages;
      expect(rest, name).to.be.at.least(1024 - sent[name]);
    }
  });

  it('count for the decision to stop: what is left out needs no time', () => {
    const asked: number[] = [];
    run(
      halfEmpty(),
      function* (m) {
        asked.push(m.secondsToSend(m.guest.allPages()));
        yield* techniques['stop-and-copy'](m);
      },
      'balloon',
    );
    expect(asked).to.deep.equal([512 / B]);
  });

  it('are left out again if they were discarded before the hand-over', () => {
    const report = run(
      halfEmpty(),
      function* (m) {
        m.discard(m.guest.allPages());
        yield* techniques['post-copy'](m);
      },
      'free-page-hints',
    );
    expect(report).to.include({ pagesSent: 768, residualPages: 0 });
  });

  it('never break a rule, whatever the guest, its tracking, the link and the technique', () => {
    const trackings = fc.constantFrom(undefined, ...Object.values(MECHANISMS), { ...MECHANISMS.none, clearChunkPages: 64 });
    const combinations = fc.constantFrom<OptimizationName[]>(
      ...names.map((name) => [name]),
      ['free-page-hints', 'balloon'],
      ['drop-caches', 'self-ballooning', 'free-page-hints'],
      ['balloon', 'bubbling-multi', 'lru-order'],
      ['skip-dirty', 'free-page-hints'],
      ['free-page-hints', 'defer-hot'],
      ['self-ballooning', 'auto-converge', 'xbzrle'],
    );
    const technique = fc.constantFrom(...(Object.keys(techniques) as TechniqueName[]));
    fc.assert(
      fc.property(anyScenario, trackings, combinations, technique, (scenario, tracking, by, name) => {
        const report = run({ ...scenario, ...(tracking && { tracking }) }, name, ...by);
        expect(report.violations).to.deep.equal([]);
        if (name !== 'demand-paging') expect(report.residualPages).to.equal(0);
        const usual = simulate({ ...scenario, ...(tracking && { tracking }) }, techniques[name]);
        if (name === 'stop-and-copy' || name === 'post-copy') expect(report.pagesSent).to.be.at.most(usual.pagesSent);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a balloon', () => {
  it('takes no page that is in use, and says what it took', () => {
    const report = run(halfEmpty(), 'pre-copy', 'balloon');
    expect(report.lostWork.balloonSeconds).to.equal(0);
    expect(report.notes.map(({ text }) => text)).to.deep.equal([
      'The balloon took 256 free pages and 256 copies of what is on the disk, which are to be read again.',
    ]);
  });

  it('does not take for a copy what was written before it was inflated', () => {
    // Half a second before, the guest wrote 100 of the 256 copies.
    const scenario = halfEmpty({ workload: 'once', workingSetStart: 512, workingSetPages: 100, writesPerSecond: 200 });
    const report = run(scenario, 'post-copy', 'balloon', 'lru-order');
    expect(report.lostWork.balloonSeconds).to.equal(0);
    expect(report).to.include({ pagesSent: 612 });
  });
});

describe('dropping caches', () => {
  it('says how much is to be read from the disk again', () => {
    const [note] = run(halfEmpty(), 'pre-copy', 'drop-caches').notes;
    expect(note).to.deep.equal({
      seconds: 0,
      text: '256 pages (1.0 MiB) with copies of what is on the disk were dropped, and are to be read again.',
    });
  });
});

describe('self-ballooning', () => {
  it('takes 95 % of what is free, and every 5 s of what is free then', () => {
    // 256 free pages: 243 at the start, 95 % of the other 13 after 5 s. The link needs 11.5 s for all that.
    const scenario = { ...halfEmpty(), link: { bytesPerSecond: 64 * 4096, latency: 0 } };
    const report = run(scenario, 'pre-copy', 'self-ballooning');
    expect(report.pagesSent).to.equal(768 + 13 - Math.floor(0.95 * 13));
    expect(report.violations).to.deep.equal([]);
    expect(report.rounds).to.have.length(1);
  });

  it('keeps to the bounds of a send', () => {
    const times: number[] = [];
    const scenario = { ...halfEmpty(), link: { bytesPerSecond: 4 * 4096, latency: 0 } };
    run(
      scenario,
      function* (m) {
        yield m.send(m.guest.allPages(), { seconds: 12 });
        times.push(m.now, m.unsent().size);
        yield m.send(m.unsent(), { bytes: 4096 * 8 });
        times.push(m.now);
        yield* techniques['post-copy'](m);
      },
      'self-ballooning',
    );
    // 781 pages, of which 48 are sent in 12 s, and 12 more are taken after 5 s.
    expect(times).to.deep.equal([12, 781 - 48 - 12, 14]);
  });
});

describe('the verbs for free pages', () => {
  const found = (strategy: Strategy) => simulate(halfEmpty(), strategy).violations.map(({ message }) => message).join();

  it('refuse to leave out a page that is in use', () => {
    expect(
      found(function* (m) {
        m.release(m.guest.allPages());
        yield* techniques['pre-copy'](m);
      }),
    ).to.match(/page 0x0 is in use/);
  });

  it('refuse to leave out a page after the hand-over', () => {
    expect(
      found(function* (m) {
        m.pause();
        yield m.sendState();
        m.resumeAtDestination();
        m.release(m.freePages());
      }),
    ).to.match(/release\(\) after the hand-over/);
  });

  it('see a write to a page that was read as dirty and left out, though nobody sends its piece of memory', () => {
    const scenario: Scenario = {
      ...ideal({ pages: 1024, workingSetPages: 16, workload: 'sequential', writesPerSecond: 1024 }),
      ideal: false,
      tracking: { ...MECHANISMS.none, clearChunkPages: 64 },
    };
    const strategy = (between: (m: Migration) => void): Strategy =>
      function* (m) {
        yield m.send(m.guest.allPages());
        between(m);
        yield m.wait(1);
        m.pause();
        yield m.send(m.syncDirty());
        yield m.sendState();
        m.resumeAtDestination();
      };
    const released = strategy((m) => {
      m.syncDirty();
      m.balloon(1024);
      m.release(m.freePages());
    });
    const hinted = strategy((m) => {
      m.balloon(1024);
      m.syncDirty();
    });
    for (const report of [run(scenario, released), run(scenario, hinted, 'free-page-hints')]) {
      expect(report.violations).to.deep.equal([]);
      expect(report.finalPages).to.equal(16);
    }
  });

  it('count what a balloon takes from use, and let the guest pay for it', () => {
    const used: number[] = [];
    const report = simulate(halfEmpty(), function* (m: Migration) {
      used.push(m.balloon(300), m.freePages().size, m.balloon(600), m.freePages().size);
      yield m.wait(1);
      yield* techniques['stop-and-copy'](m);
    });
    expect(used).to.deep.equal([0, 300, 88, 600]);
    expect(report.lostWork.balloonSeconds).to.be.closeTo(88e-4, 1e-12);
  });

  it('forget a free page when the guest writes it', () => {
    const free: number[] = [];
    simulate(halfEmpty({ workload: 'once', workingSetStart: 1000, workingSetPages: 10, writesPerSecond: 10 }), function* (m) {
      free.push(m.freePages().size);
      yield m.wait(2);
      free.push(m.freePages().size);
      yield* techniques['stop-and-copy'](m);
    });
    expect(free).to.deep.equal([256, 246]);
  });

  it('are what the optimisations are named after', () => {
    for (const name of names) expect(optimizations[name]).to.include({ name, helps: 'both' });
  });
});
