import { expect } from 'chai';
import { simulate, type FindingKind, type Migration, type Strategy } from '../../../src/engine';
import { ideal } from './scenarios';

/** Strategies that each break one rule, and the finding that must name it. */
const scenario = ideal({ pages: 256, workingSetPages: 64, writesPerSecond: 65_536 });
const all = (m: Migration) => m.send(m.guest.allPages());

const wrong: { does: string; finding: FindingKind; says: RegExp; strategy: Strategy }[] = [
  {
    does: 'never reads the bitmap after the first copy',
    finding: 'stale-page',
    says: /Its dirty bit is still set: nobody read the dirty bitmap after that write/,
    *strategy(m) {
      yield all(m);
      m.pause();
      yield m.sendState();
      m.resumeAtDestination();
    },
  },
  {
    does: 'reads the bitmap and forgets what it said',
    finding: 'stale-page',
    says: /which cleared the page's dirty bit, but the page was not sent after that/,
    *strategy(m) {
      yield all(m);
      m.pause();
      m.syncDirty();
      yield m.sendState();
      m.resumeAtDestination();
    },
  },
  {
    does: 'hands over after one live round without discarding what it left stale',
    finding: 'stale-page',
    says: /page was not sent after that/,
    *strategy(m) {
      yield all(m);
      m.pause();
      const stale = m.syncDirty();
      yield m.sendState();
      m.resumeAtDestination();
      yield m.send(stale);
    },
  },
  {
    does: 'resumes without pausing',
    finding: 'two-copies-running',
    says: /while it still ran at the source/,
    *strategy(m) {
      yield all(m);
      yield m.sendState();
      m.resumeAtDestination();
    },
  },
  {
    does: 'resumes without the state',
    finding: 'state-missing',
    says: /without its vCPU and device state/,
    *strategy(m) {
      m.pause();
      yield all(m);
      m.resumeAtDestination();
    },
  },
  {
    does: 'sends the state first, as one does in post-copy, but pauses later',
    finding: 'state-missing',
    says: /but it ran on after that/,
    *strategy(m) {
      yield m.sendState();
      m.pause();
      yield all(m);
      m.resumeAtDestination();
    },
  },
  {
    does: 'pushes pages that the running destination has',
    finding: 'page-overwritten',
    says: /would overwrite what the guest has written since/,
    *strategy(m) {
      m.pause();
      yield m.sendState();
      m.resumeAtDestination();
      yield all(m);
      yield m.send(m.guest.pages([7]));
    },
  },
  {
    does: 'never resumes',
    finding: 'never-resumed',
    says: /runs nowhere/,
    *strategy(m) {
      m.pause();
      yield all(m);
      yield m.sendState();
    },
  },
  { does: 'does nothing', finding: 'never-resumed', says: /still runs at the source/, *strategy() {} },
  {
    does: 'makes a step and does not yield it',
    finding: 'not-yielded',
    says: /yield m\.sendState/,
    *strategy(m) {
      m.pause();
      yield all(m);
      m.sendState();
      m.resumeAtDestination();
    },
  },
  {
    does: 'yields rubbish',
    finding: 'bad-yield',
    says: /yielded 42, which is not a step/,
    strategy: function* () {
      yield 42;
    } as unknown as Strategy,
  },
  {
    does: 'yields an object that contains itself',
    finding: 'bad-yield',
    says: /yielded an object, which is not a step/,
    strategy: function* () {
      const ring: Record<string, unknown> = {};
      ring.ring = ring;
      yield ring;
    } as unknown as Strategy,
  },
  {
    does: 'is no generator function',
    finding: 'bad-yield',
    says: /write function\*/,
    strategy: (() => undefined) as unknown as Strategy,
  },
  {
    does: 'resumes twice',
    finding: 'bad-call',
    says: /resumeAtDestination\(\) twice/,
    *strategy(m) {
      m.pause();
      yield all(m);
      yield m.sendState();
      m.resumeAtDestination();
      m.resumeAtDestination();
    },
  },
  {
    does: 'sends what is no set of pages',
    finding: 'bad-call',
    says: /expected a PageSet, got an array/,
    *strategy(m) {
      yield m.send([1, 2] as never);
    },
  },
  {
    does: 'discards what the destination runs on',
    finding: 'bad-call',
    says: /would throw away/,
    *strategy(m) {
      m.pause();
      yield m.sendState();
      m.resumeAtDestination();
      m.discard(m.guest.pages([1]));
    },
  },
  {
    does: 'gives up, and hands over all the same',
    finding: 'bad-call',
    says: /^resumeAtDestination\(\) after abort\(\): the migration was given up/,
    *strategy(m) {
      yield all(m);
      m.pause();
      yield all(m);
      yield m.sendState();
      m.abort('no');
      m.resumeAtDestination();
    },
  },
  {
    does: 'throws',
    finding: 'threw',
    says: /TypeError: no/,
    *strategy() {
      throw new TypeError('no');
    },
  },
  {
    does: 'sends the same page for ever',
    finding: 'endless',
    says: /10512 steps without coming to an end/,
    *strategy(m) {
      for (;;) yield m.send(m.guest.pages([1]));
    },
  },
  {
    does: 'waits for ever',
    finding: 'endless',
    says: /was not over after/,
    *strategy(m) {
      for (;;) yield m.wait(1);
    },
  },
];

describe('what breaks a rule of live migration is found', () => {
  for (const { does, finding, says, strategy } of wrong) {
    it(`a strategy that ${does}`, () => {
      const report = simulate(scenario, strategy);
      expect(report.violations.map(({ kind }) => kind)).to.include(finding);
      const found = report.violations.find(({ kind }) => kind === finding)!;
      expect(`${found.message} ${found.because ?? ''}`).to.match(says);
      expect(report.converged && report.violations.length === 0).to.equal(false);
    });
  }

  it('names the line that cleared the dirty bit, not the one that resumed', () => {
    let line = 0;
    const report = simulate(
      scenario,
      function* (m) {
        yield all(m);
        m.pause();
        line = 4;
        m.syncDirty();
        line = 9;
        yield m.sendState();
        m.resumeAtDestination();
      },
      { locate: () => ({ line, column: 1 }) },
    );
    expect(report.violations[0]).to.include({ kind: 'stale-page', line: 4, page: 0, pages: 64 });
  });

  it('does not send a page before it was written, however much the socket takes at once', () => {
    const queued = { ...scenario, ideal: false, link: { ...scenario.link, queueBytes: 1e6 } };
    const [found] = simulate(queued, function* (m) {
      yield all(m);
      yield m.wait(0.1);
      m.pause();
      yield m.sendState();
      m.resumeAtDestination();
    }).violations;
    expect(found!.because).to.match(/^It was sent at 0 s and written again/);
  });

  it('stops following a guest that writes more than anybody could wait for, and says so', () => {
    const busy = { ...scenario, guest: { ...scenario.guest, writesPerSecond: 1e9 } };
    const report = simulate(busy, function* (m) {
      yield m.wait(30);
    }, { maxTouches: 100_000 });
    expect(report.violations.map(({ kind }) => kind)).to.deep.equal(['endless']);
    expect(report.violations[0]!.message).to.match(/more often than can be followed/);
  });

  it('lets a strategy give up before the hand-over, and the guest go on', () => {
    const report = simulate(scenario, function* (m) {
      yield all(m);
      m.pause();
      m.abort('the operator changed her mind');
    });
    expect(report).to.include({ aborted: 'the operator changed her mind', converged: false });
    expect(report.violations).to.deep.equal([]);
  });
});
