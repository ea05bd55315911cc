import { expect } from 'chai';
import fc from 'fast-check';
import { bytes, capital, count, list, plural, points, seconds, share } from '../../../src/protocol/quantities';

const said = (text: string) => text.replaceAll('\u00a0', ' ');

describe('quantities', () => {
  const times: [number, string, string][] = [
    [0, '0 s', '0 s'],
    [1e-7, '0.100 µs', '0.10 µs'],
    [0.00085, '850 µs', '850 µs'],
    [0.00849, '8.49 ms', '8.5 ms'],
    [0.125, '125 ms', '125 ms'],
    [0.9996, '1.00 s', '1.0 s'],
    [8.04, '8.04 s', '8.0 s'],
    [9.96, '9.96 s', '10 s'],
    [59.99, '60.0 s', '60 s'],
    [119.96, '2 min 0 s', '2 min 0 s'],
    [3725, '62 min 5 s', '62 min 5 s'],
    [Infinity, 'for ever', 'for ever'],
  ];
  for (const [value, three, two] of times) {
    it(`says ${value} seconds as ${three}`, () => {
      expect([said(seconds(value)), said(seconds(value, 2))]).to.deep.equal([three, two]);
    });
  }

  it('says every time with a unit, to within half a percent', () => {
    const factor: Record<string, number> = { µs: 1e-6, ms: 1e-3, s: 1 };
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 119.9, noNaN: true }), (value) => {
        const [number, unit] = said(seconds(value)).split(' ');
        const back = Number(number!.replaceAll(',', '')) * factor[unit!]!;
        expect(Math.abs(back - value) / value).to.be.below(0.0051);
      }),
    );
  });

  it('says sizes in binary units', () => {
    expect([0, 1023, 1024, 4096 * 262144, 1.5 * 2 ** 40].map((b) => said(bytes(b)))).to.deep.equal([
      '0 B',
      '1,023 B',
      '1.00 KiB',
      '1.00 GiB',
      '1.50 TiB',
    ]);
  });

  it('groups digits, names shares and points, and joins words', () => {
    expect([count(0), count(999), count(262144), count(1e9)]).to.deep.equal(['0', '999', '262,144', '1,000,000,000']);
    expect([said(share(0.625)), points(2500), plural(1, 'page'), plural(3, 'page')]).to.deep.equal([
      '63 %',
      '2.5',
      '1 page',
      '3 pages',
    ]);
    expect([list(['a']), list(['a', 'b']), list(['a', 'b', 'c'])]).to.deep.equal(['a', 'a and b', 'a, b and c']);
    expect([capital('pre-copy'), capital('./strategies/mine.ts')]).to.deep.equal(['Pre-copy', './strategies/mine.ts']);
  });
});
