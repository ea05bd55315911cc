import { expect } from 'chai';
import fc from 'fast-check';
import { bandwidth, duration, pageRate, size } from '../../../../src/lab/experiment/quantity';

describe('quantities', () => {
  it('read what people write', () => {
    expect(size.read('1 GiB')).to.equal(2 ** 30);
    expect(size.read('64KiB')).to.equal(65536);
    expect(size.read('0')).to.equal(0);
    expect(size.read('1.5 MiB')).to.equal(1572864);
    expect(pageRate.read('64 MiB/s')).to.equal(16384);
    expect(pageRate.read('16384 pages/s')).to.equal(16384);
    expect(bandwidth.read('1 Gbit/s')).to.equal(125_000_000);
    expect(bandwidth.read('128 MiB/s')).to.equal(134_217_728);
    expect(duration.read('300 ms')).to.equal(0.3);
    expect(duration.read('100 us')).to.equal(0.0001);
    expect(duration.read('100 µs')).to.equal(0.0001);
    expect(duration.read('250ns')).to.equal(2.5e-7);
  });

  const refused: [typeof size, string, RegExp][] = [
    [size, '64 MB', /write `MiB` instead of `MB`/],
    [size, '64 mb', /write `MiB`/],
    [size, '64', /has no unit/],
    [size, '-1 GiB', /negative/],
    [size, '1e999 GiB', /too large/],
    [size, 'NaN', /not a size/],
    [size, 'Infinity MiB', /not a size/],
    [size, '12 parsecs', /unit `parsecs`, which is not known/],
    [bandwidth, '1 Gbit', /per second, so write `Gbit\/s`/],
    [bandwidth, '1 Gbps', /write `Gbit\/s`/],
    [bandwidth, '100 MB/s', /`MiB\/s` for bytes or `Mbit\/s` for bits/],
    [pageRate, '64 MiB', /per second, so write `MiB\/s`/],
    [pageRate, '64 Mbit/s', /not in bits/],
    [duration, '300', /has no unit/],
    [duration, '5 min', /in seconds/],
    [duration, '3 sec', /write `s`/],
  ];
  for (const [kind, text, problem] of refused) {
    it(`refuse \`${text}\` as ${kind.name}`, () => {
      const read = kind.read(text);
      expect(read).to.be.an('object');
      expect((read as { problem: string }).problem).to.match(problem);
    });
  }

  it('write text that reads back to the same number', () => {
    for (const kind of [size, pageRate, bandwidth, duration]) {
      fc.assert(
        fc.property(fc.double({ min: 0, max: 1e13, noNaN: true }), (value) => {
          expect(kind.read(kind.write(value))).to.equal(value);
        }),
      );
    }
  });

  it('write numbers the way a person would', () => {
    expect(size.write(2 ** 30)).to.equal('1 GiB');
    expect(size.write(3 * 2 ** 20)).to.equal('3 MiB');
    expect(pageRate.write(16384)).to.equal('64 MiB/s');
    expect(duration.write(0.3)).to.equal('300 ms');
    expect(duration.write(0.0001)).to.equal('100 us');
    expect(bandwidth.write(125_000_000)).to.equal('1 Gbit/s');
  });

  it('never throw, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const kind of [size, pageRate, bandwidth, duration]) {
          const read = kind.read(text);
          expect(typeof read === 'number' ? Number.isFinite(read) && read >= 0 : read.problem.length > 0).to.equal(
            true,
          );
        }
      }),
    );
  });
});
