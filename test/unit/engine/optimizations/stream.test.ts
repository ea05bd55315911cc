import { expect } from 'chai';
import { DuplicateEncoder } from '../../../../src/engine/encoding/duplicate';
import type { Content } from '../../../../src/engine/guest/content';
import { Pages } from '../../../../src/engine/pages/pages';
import { techniques } from '../../../../src/engine';
import { optimized } from '../../../../src/engine/optimizations';
import { gigabit, runWith } from './run-with';

const PAGES = 32_768;
const PAGE_BITS_10G = { link: { bytesPerSecond: 1.25e9, latency: 0 } };

describe('zero-pages', () => {
  it('saves nearly all of a zero page’s bytes', () => {
    const mostlyZero = gigabit({ zeroFraction: 0.75 }, { stream: { encodings: [], zeroPages: false } });
    const without = runWith([], mostlyZero, 'stop-and-copy');
    const found = runWith(['zero-pages'], mostlyZero, 'stop-and-copy');
    expect(without.pagesByEncoding).to.deep.equal({ full: PAGES, zero: 0 });
    expect(found.pagesByEncoding).to.deep.equal({ full: PAGES / 4, zero: (3 * PAGES) / 4 });
    expect(found.transferredParts.pagesBytes).to.equal((PAGES / 4) * 4104 + ((3 * PAGES) / 4) * 9);
    expect(found.totalSeconds).to.be.below(without.totalSeconds / 3);
  });

  it('is not free: each zero page takes 0.48 µs of CPU time, longer than its nine bytes need', () => {
    const idle = gigabit({ zeroFraction: 0.75 });
    const free = runWith([], idle, 'stop-and-copy');
    const honest = runWith(['zero-pages'], idle, 'stop-and-copy');
    expect(free.sendCpuSeconds).to.equal(0);
    expect(honest.sendCpuSeconds).to.be.closeTo(((3 * PAGES) / 4) * 0.48e-6, 1e-12);
    expect(honest.transferredBytes).to.equal(free.transferredBytes);
    expect(honest.totalSeconds - free.totalSeconds).to.be.closeTo(((3 * PAGES) / 4) * (0.48e-6 - 9 / 125e6), 1e-9);
  });

  it('costs what the setting says, or what the hypervisor takes for it', () => {
    const costs = (zeroPageSeconds?: number) =>
      optimized(gigabit({}, { stream: { encodings: [], zeroPageSeconds } }), techniques['pre-copy'], ['zero-pages']).scenario.stream?.zeroPageSeconds;
    expect(costs(5e-5)).to.equal(5e-5);
    expect(costs(0)).to.equal(0);
    expect(costs()).to.equal(0.48e-6);
  });

  it('finds nothing in a guest that has written all of its memory', () => {
    const full = gigabit();
    expect(runWith(['zero-pages'], full, 'stop-and-copy')).to.deep.equal(runWith([], full, 'stop-and-copy'));
  });
});

describe('compression', () => {
  const compressible = { content: { compressedFraction: 0.3 } };
  const slow = { link: { bytesPerSecond: 12.5e6, latency: 0 } };

  it('helps where the link is slower than the compressor', () => {
    const scenario = gigabit(compressible, slow);
    const [without, compressed] = [runWith([], scenario, 'stop-and-copy'), runWith(['compression'], scenario, 'stop-and-copy')];
    expect(compressed.pagesByEncoding).to.deep.equal({ full: 0, zero: 0, compressed: PAGES });
    expect(compressed.transferredBytes / without.transferredBytes).to.be.closeTo(0.31, 0.01);
    expect(compressed.totalSeconds).to.be.below(without.totalSeconds / 3);
  });

  it('with zlib in one thread is slower than not to compress, on 1 Gbit/s; two threads, or zstd, are not', () => {
    const seconds = (names: Parameters<typeof runWith>[0]) => runWith(names, gigabit(compressible), 'stop-and-copy').totalSeconds;
    expect(seconds(['compression'])).to.be.above(1.1 * seconds([]));
    expect(seconds(['compression', 'multifd'])).to.be.below(0.7 * seconds([]));
    expect(seconds(['compression-zstd'])).to.be.below(0.4 * seconds([]));
  });

  it('of pages that do not get smaller saves nothing, and costs as much CPU time', () => {
    const scenario = gigabit({ content: { compressedFraction: 1 } }, slow);
    const [without, compressed] = [runWith([], scenario, 'stop-and-copy'), runWith(['compression'], scenario, 'stop-and-copy')];
    expect(compressed.pagesByEncoding).to.deep.equal({ full: PAGES, zero: 0 });
    expect(compressed.transferredBytes).to.equal(without.transferredBytes);
    expect(compressed.sendCpuSeconds).to.be.closeTo((PAGES * 4096) / 105e6, 1e-9);
  });

  it('has pages around their mean size, none larger than a page', () => {
    for (const compressedFraction of [0.2, 0.5, 0.8, 0.95]) {
      const { transferredParts } = runWith(['compression-zstd'], gigabit({ content: { compressedFraction } }), 'stop-and-copy');
      expect(transferredParts.pagesBytes / PAGES).to.be.closeTo(12 + 4096 * compressedFraction, 4096 * 0.005);
    }
  });
});

describe('dedup', () => {
  const copies = { content: { duplicateFraction: 0.5 } };

  it('sends each content once, and then 16 bytes', () => {
    const { pagesByEncoding, transferredParts, sendCpuSeconds } = runWith(['dedup'], gigabit(copies), 'stop-and-copy');
    const { full, duplicate = 0 } = pagesByEncoding;
    expect(full + duplicate).to.equal(PAGES);
    // Half of the pages are copies, of contents that occur four times on average.
    expect(duplicate).to.be.within(0.36 * PAGES, 0.39 * PAGES);
    expect(transferredParts.pagesBytes).to.equal(full * 4104 + duplicate * 16);
    expect(sendCpuSeconds).to.equal(0);
  });

  it('does not refer to what a page held before it was sent again with something else', () => {
    const held = [5, 5];
    const content = { classOf: (page: number) => held[page]! } as unknown as Content;
    const dedup = new DuplicateEncoder({ kind: 'duplicate', hashSeconds: 0 }, content);
    expect(dedup.encode(0)).to.equal(-1);
    expect(dedup.encode(1)).to.equal(8);
    held[0] = 6;
    expect([dedup.encode(0), dedup.encode(1)], 'content 5 is nowhere any more').to.deep.equal([-1, -1]);
    expect(dedup.encode(1), 'and now it is in page 1').to.equal(8);
    dedup.discarded(Pages.of(2, [1]));
    expect(dedup.encode(1), 'which was discarded').to.equal(-1);
    dedup.sentZero(1);
    expect(dedup.encode(1), 'and then sent as zeros').to.equal(-1);
  });

  it('does not help the downtime: what is written most is unique', () => {
    const busy = gigabit({ ...copies, workload: 'random', writesPerSecond: 25_000 }, { downtimeLimit: 0.05 });
    const [without, with_] = [runWith([], busy), runWith(['dedup'], busy)];
    expect(with_.totalSeconds).to.be.below(without.totalSeconds);
    const afterFirst = with_.pagesSent - with_.rounds[0]!.pages;
    expect(afterFirst).to.be.above(8192);
    // The working set is written all over before the first round is over.
    expect(with_.pagesByEncoding.duplicate).to.be.below(0.36 * PAGES);
    expect(with_.downtimeSeconds).to.be.within(0.5 * without.downtimeSeconds, 1.5 * without.downtimeSeconds);
  });

  it('with hashes made on the way is slower than to send everything, on 10 Gbit/s: 7.3 s for 1 GiB', () => {
    const fast = gigabit({ ...copies, pages: 8 * PAGES }, PAGE_BITS_10G);
    const [without, online, offline] = [[], ['dedup-online'], ['dedup']].map((names) => runWith(names as never, fast, 'stop-and-copy'));
    expect(offline!.totalSeconds).to.be.below(without!.totalSeconds);
    expect(online!.totalSeconds).to.be.closeTo(7.3, 0.01);
    expect(online!.transferredBytes).to.equal(offline!.transferredBytes);
  });
});

describe('multifd', () => {
  it('puts 1,344 bytes before each 128 pages, and none before a page', () => {
    for (const [pages, packets] of [[1, 1], [127, 1], [128, 1], [129, 2], [1000, 8]] as const) {
      const { transferredParts } = runWith(['multifd'], gigabit({ pages, workingSetPages: 1 }), 'stop-and-copy');
      expect(transferredParts.pagesBytes).to.equal(pages * 4096 + packets * 1344);
    }
  });

  it('counts the same packets whether pages go by the word or one by one', () => {
    // Headers as long as 25 pages, so that a page that starts too early is noticed.
    for (const [seed, packetBytes] of [[1, 1344], [2, 100_000], [3, 100_001]] as const) {
      const guest = { workload: 'random', writesPerSecond: 20_000, zeroFraction: 0.3, workingSetPages: 30_000 } as const;
      const scenario = gigabit(guest, { seed, stream: { encodings: [], packetBytes } });
      const byWord = runWith([], scenario);
      // An encoding that takes no page makes the sender look at each one.
      const oneByOne = runWith([], { ...scenario, stream: { encodings: [{ kind: 'duplicate', hashSeconds: 0 }], packetBytes } });
      expect(oneByOne.transferredBytes).to.equal(byWord.transferredBytes);
      expect(oneByOne.rounds.map(({ pages }) => pages)).to.deep.equal(byWord.rounds.map(({ pages }) => pages));
      expect(oneByOne.timeline.pagesRemaining).to.deep.equal(byWord.timeline.pagesRemaining);
      expect(oneByOne.totalSeconds).to.be.closeTo(byWord.totalSeconds, 1e-9);
    }
  });

  it('shares the CPU work between two threads, where the CPU is the bottleneck', () => {
    const idle = gigabit({ zeroFraction: 0.9 }, PAGE_BITS_10G);
    const [one, two] = [runWith(['zero-pages'], idle, 'stop-and-copy'), runWith(['zero-pages', 'multifd'], idle, 'stop-and-copy')];
    expect(two.sendCpuSeconds).to.be.closeTo(one.sendCpuSeconds / 2, 1e-12);
    expect(two.totalSeconds).to.be.below(0.75 * one.totalSeconds);
  });

  it('has two channels, or as many as it is told, or as the setting says: one, too', () => {
    const channels = (said: number | undefined, parameters: Record<string, number>) => {
      const setting = gigabit({}, { stream: { encodings: [], channels: said } });
      return optimized(setting, techniques['pre-copy'], [{ name: 'multifd', parameters }]).scenario.stream?.channels;
    };
    expect(channels(undefined, {})).to.equal(2);
    expect(channels(1, {})).to.equal(1);
    expect(channels(4, {})).to.equal(4);
    expect(channels(1, { channels: 8 })).to.equal(8);
  });

  it('does not make the link any faster', () => {
    const seconds = (names: Parameters<typeof runWith>[0]) => runWith(names, gigabit({ writesPerSecond: 9000 })).totalSeconds;
    expect(seconds(['multifd'])).to.be.within(seconds([]), 1.01 * seconds([]));
  });

  it('has no header before a page that is compressed, either', () => {
    const half = gigabit({ pages: 1280, workingSetPages: 1, content: { compressedFraction: 0.5 } });
    const [alone, both] = (['compression', ['multifd', 'compression']] as const).map((names) => runWith([names].flat() as Parameters<typeof runWith>[0], half, 'stop-and-copy'));
    expect(both!.pagesByEncoding.compressed).to.equal(1280);
    expect(alone!.transferredParts.pagesBytes - both!.transferredParts.pagesBytes).to.equal(1280 * 8 - 10 * 1344);
  });

  it('is over at the hand-over: then pages go over one connection, each with its header', () => {
    const { transferredParts } = runWith(['multifd'], gigabit({ readsPerSecond: 1000 }), 'post-copy');
    expect(transferredParts.pagesBytes).to.equal(PAGES * 4104);
  });
});

describe('several encodings', () => {
  it('work in one order, however they are named: XBZRLE must see every page', () => {
    const scenario = gigabit({
      workload: 'random',
      writesPerSecond: 30_000,
      content: { compressedFraction: 0.5, duplicateFraction: 0.4 },
    });
    const one = runWith(['xbzrle', 'dedup', 'compression'], scenario);
    expect(runWith(['compression', 'dedup', 'xbzrle'], scenario)).to.deep.equal(one);
    for (const kind of ['xbzrle', 'duplicate', 'compressed'] as const) expect(one.pagesByEncoding[kind]).to.be.above(1000);
  });
});
