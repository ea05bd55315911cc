import { expect } from 'chai';
import { XbzrleEncoder } from '../../../../src/engine/encoding/xbzrle';
import type { Content } from '../../../../src/engine/guest/content';
import { Pages } from '../../../../src/engine/pages/pages';
import { gigabit, runWith } from './run-with';

/** Pages whose difference to what was sent last is so long. */
function encoder(deltas: Record<number, number>, cachePages = 4) {
  const content = { deltaBytes: (page: number) => deltas[page] ?? 100 } as unknown as Content;
  return new XbzrleEncoder({ kind: 'xbzrle', cachePages, encodeSeconds: 1e-6 }, content);
}

/** Each round sends these pages, then reads the bitmap. */
function rounds(xbzrle: XbzrleEncoder, ...sent: number[][]): number[][] {
  return sent.map((pages) => {
    const bytes = pages.map((page) => xbzrle.encode(page));
    xbzrle.synced();
    return bytes;
  });
}

describe('QEMU’s cache of sent pages', () => {
  /** Behind the page's header. */
  const DELTA = 1 + 2 + 100;

  it('is not used in the first pass over memory, is filled in the second, and saves bytes from the third on', () => {
    const xbzrle = encoder({});
    expect(rounds(xbzrle, [0, 1, 2, 3], [0, 1], [0, 1])).to.deep.equal([[-1, -1, -1, -1], [-1, -1], [DELTA, DELTA]]);
    expect(xbzrle.report()).to.deep.equal({ cachePages: 4, pages: 2, bytes: 2 * 103, misses: 2, overflows: 0 });
  });

  it('does not take a reading of the bitmap in the middle of the first pass for its end', () => {
    expect(rounds(encoder({}), [0, 1], [2, 3], [4], [0], [0])).to.deep.equal([[-1, -1], [-1, -1], [-1], [-1], [DELTA]]);
  });

  it('sends nothing of a page that has not changed', () => {
    const xbzrle = encoder({ 1: 0 });
    expect(rounds(xbzrle, [1], [1], [1])).to.deep.equal([[-1], [-1], [0]]);
    expect(xbzrle.report()).to.include({ pages: 1, bytes: 0 });
    expect(xbzrle.seconds).to.equal(1e-6);
  });

  it('sends a page in full whose difference is longer, and has compared it in vain', () => {
    const xbzrle = encoder({ 1: 4097, 2: 4096 });
    expect(rounds(xbzrle, [1, 2], [1, 2], [1, 2])[2]).to.deep.equal([-1, 1 + 2 + 4096]);
    expect(xbzrle.report()).to.include({ pages: 2, overflows: 1, bytes: 4096 + 3 + 4096, misses: 2 });
    const overflow = encoder({ 1: 4097 });
    rounds(overflow, [1], [1], [1]);
    expect(overflow.seconds).to.equal(1e-6);
  });

  it('gives a page’s place to another only when it was not used for two readings', () => {
    // Pages 0 and 4 share a place. 0 has it from the second round on.
    const kept = rounds(encoder({}), [0, 4], [0], [4, 5], [0]);
    expect(kept[3]).to.deep.equal([DELTA]);
    const lost = rounds(encoder({}), [0, 4], [0], [5], [4, 5], [0], [4]);
    expect(lost[4]).to.deep.equal([-1]);
    expect(lost[5]).to.deep.equal([DELTA]);
  });

  it('keeps a page young that is found in it', () => {
    const sent = rounds(encoder({}), [0, 4], [0], [0], [0], [4], [0]);
    expect(sent[5]).to.deep.equal([DELTA]);
  });

  it('remembers a page of zeros', () => {
    const xbzrle = encoder({});
    rounds(xbzrle, [0, 1]);
    xbzrle.sentZero(1);
    expect(xbzrle.encode(1)).to.equal(DELTA);
  });

  it('forgets pages that the destination has dropped', () => {
    const xbzrle = encoder({ 1: 0 });
    rounds(xbzrle, [1], [1]);
    xbzrle.discarded(Pages.of(8, [1]));
    expect(xbzrle.encode(1)).to.equal(-1);
  });

  it('holds a power of two of pages', () => {
    for (const cachePages of [0, 3, 100]) expect(() => encoder({}, cachePages)).to.throw(RangeError, /a power of two of pages/);
  });
});

describe('xbzrle', () => {
  const smallWrites = gigabit({ workload: 'random', writesPerSecond: 40_000 });

  it('lets a guest converge that writes little into many pages', () => {
    const [without, with_] = [runWith([], smallWrites), runWith(['xbzrle'], smallWrites)];
    expect(without).to.include({ converged: false });
    expect(with_).to.include({ converged: true });
    expect(with_.transferredBytes).to.be.below(without.transferredBytes / 3);
    const { pages, bytes } = with_.xbzrle!;
    expect(bytes / pages).to.be.below(400);
    expect(with_.sendCpuSeconds).to.be.closeTo((pages * 4096) / 2.25e9, 1e-9);
  });

  it('does nothing for the first copy, and nothing at all for techniques that send each page once', () => {
    const { rounds: live, pagesByEncoding, xbzrle } = runWith(['xbzrle'], smallWrites);
    // The second round only fills the cache: all of it is missed.
    expect(pagesByEncoding.full).to.be.at.least(live[0]!.pages + live[1]!.pages);
    expect(xbzrle!.misses).to.be.at.least(live[1]!.pages);
    for (const technique of ['stop-and-copy', 'post-copy'] as const) {
      const report = runWith(['xbzrle'], smallWrites, technique);
      expect(report.xbzrle).to.include({ pages: 0, misses: 0 });
      expect(report.transferredBytes).to.equal(runWith([], smallWrites, technique).transferredBytes);
    }
  });

  it('does not help a guest that changes whole pages, and costs the comparisons', () => {
    const guest = { ...smallWrites.guest, workload: 'linear', writesPerSecond: 400_000, content: { bytesPerWrite: 4096 } } as const;
    const scenario = { ...smallWrites, guest, maxRounds: 10 };
    const [without, with_] = [runWith([], scenario), runWith(['xbzrle'], scenario)];
    const { pages, overflows } = with_.xbzrle!;
    // All but the pages that were written just before they were sent and not since.
    expect(overflows / pages).to.be.above(0.9);
    expect(with_.transferredBytes).to.be.above(0.9 * without.transferredBytes);
    expect(with_.sendCpuSeconds).to.be.closeTo((pages * 4096) / 2.25e9, 1e-9);
    expect(with_.converged).to.equal(false);
  });

  it('helps less where the cache is smaller than what is written', () => {
    const busy = (workingSetPages: number) =>
      gigabit({ pages: 65_536, writesPerSecond: 200_000, workingSetPages }, { maxRounds: 6 });
    const fits = runWith(['xbzrle'], busy(8192));
    expect(fits.xbzrle!.misses).to.equal(fits.rounds[1]!.pages);
    // Two pages share each place, and neither gives way to the other while both are young.
    const shared = runWith(['xbzrle'], busy(32_768));
    expect(shared.xbzrle!.misses).to.be.above(2 * shared.rounds[1]!.pages);
  });

  it('has a cache as large as it is told', () => {
    const busy = gigabit({ pages: 65_536, writesPerSecond: 200_000, workingSetPages: 8192 }, { maxRounds: 6 });
    const cached = (mebibytes: number) => runWith([{ name: 'xbzrle', parameters: { cache: mebibytes * 2 ** 20 } }], busy).xbzrle!;
    expect(cached(64)).to.deep.equal(runWith(['xbzrle'], busy).xbzrle);
    expect(cached(8)).to.include({ cachePages: 2048 });
    expect(cached(8).misses).to.be.above(2 * cached(32).misses);
  });
});
