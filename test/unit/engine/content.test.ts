import { expect } from 'chai';
import { simulate, techniques, type GuestSpec } from '../../../src/engine';
import { ModelledContent } from '../../../src/engine/guest/modelled-content';
import { RealContent } from '../../../src/engine/guest/real-content';
import { ideal } from './scenarios';

const guest = (content: GuestSpec['content'], rest: Partial<GuestSpec> = {}): GuestSpec =>
  ideal({ pages: 400, workingSetPages: 400, content, ...rest }).guest;
const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const pages = Array.from({ length: 400 }, (_, page) => page);

describe('what pages hold', () => {
  it('by the model is what real bytes come to: the size of the difference after some writes', () => {
    for (const bytesPerWrite of [8, 64, 512]) {
      for (const writes of [1, 2, 5, 20]) {
        const spec = guest({ bytesPerWrite });
        const [model, real] = [new ModelledContent(spec, 1), new RealContent(spec, 1)];
        for (const page of pages) {
          model.sent(page >>> 5, 1 << page);
          real.sent(page >>> 5, 1 << page);
          for (let i = 0; i < writes; i++) {
            model.written(page);
            real.written(page);
          }
        }
        const [modelled, measured] = [model, real].map((content) => mean(pages.map((page) => content.deltaBytes(page)))) as [number, number];
        // The model spends two lengths on each write; real runs meet, and one byte in 256 happens to stay the same.
        expect(modelled / measured, `${writes} writes of ${bytesPerWrite} bytes`).to.be.within(0.9, 1.1);
      }
    }
  });

  it('by the model is what real bytes come to: the size after compression', () => {
    const spec = guest({ compressedFraction: 0.5 });
    const [model, real] = [new ModelledContent(spec, 1), new RealContent(spec, 1)];
    const sizes = (content: ModelledContent | RealContent) => mean(pages.map((page) => content.compressedBytes(page)));
    expect(sizes(model)).to.be.closeTo(2048, 100);
    expect(sizes(real) / sizes(model)).to.be.within(0.97, 1.06);
  });

  it('is the same in as many pages as the model says, until they are written', () => {
    const spec = guest({ duplicateFraction: 0.5 });
    const [model, real] = [new ModelledContent(spec, 1), new RealContent(spec, 1)];
    const shared = (of: (page: number) => number) => {
      const count = new Map<number, number>();
      for (const page of pages) count.set(of(page), (count.get(of(page)) ?? 0) + 1);
      return pages.filter((page) => count.get(of(page))! > 1 && of(page) !== 0).length;
    };
    expect(shared((page) => model.classOf(page))).to.be.within(150, 240);
    expect(shared((page) => real.classOf(page))).to.equal(shared((page) => model.classOf(page)));
    for (const page of pages) {
      model.written(page);
      real.written(page);
    }
    expect(shared((page) => model.classOf(page))).to.equal(0);
    expect(shared((page) => real.classOf(page))).to.equal(0);
  });

  it('is zero where the guest has zero pages', () => {
    const real = new RealContent(guest({}, { zeroFraction: 0.25 }), 1);
    const isZero = (page: number) => real.bytesOf(page).every((byte) => byte === 0);
    expect(pages.filter(isZero)).to.deep.equal(pages.slice(300));
  });

  it('is kept as real bytes for small guests only', () => {
    expect(() => new RealContent(guest({}, { pages: 16_385 }), 1)).to.throw(RangeError, 'at most 16384 pages');
  });

  it('lets XBZRLE save what it saves in truth: with real bytes a run sends about what it sends by the model', () => {
    const encodings = [{ kind: 'xbzrle', cachePages: 512, encodeSeconds: 0 }] as const;
    const run = (realBytes: boolean) =>
      simulate(
        {
          ...ideal({ ...guest({ bytesPerWrite: 100, realBytes }), workload: 'random', writesPerSecond: 2000 }),
          ideal: false, link: { bytesPerSecond: 1000 * 4104, latency: 0 }, downtimeLimit: 0.01, stream: { encodings },
        },
        techniques['pre-copy'],
      );
    const [model, real] = [run(false), run(true)];
    expect(real.violations).to.deep.equal([]);
    expect(real.pagesByEncoding.xbzrle).to.be.above(50);
    expect(real.transferredBytes / model.transferredBytes).to.be.within(0.97, 1.03);
  });
});
