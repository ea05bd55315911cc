import { expect } from 'chai';
import fc from 'fast-check';
import { Heartbeat } from '../../../src/qemu/guest/heartbeat';
import { READY_MARK } from '../../../src/qemu/guest/program';

const text = (words: string): Uint8Array => Uint8Array.from(words, (letter) => letter.charCodeAt(0));

/** What the guest sends at a millisecond of its time. */
const frame = (milliseconds: number, pages: number): number[] => [
  0x80 | (milliseconds & 0x7f), (milliseconds >> 7) & 0x7f, pages & 0x7f, (pages >> 7) & 0x7f, (pages >> 14) & 0x7f,
];

const ready = (): Heartbeat => {
  const heartbeat = new Heartbeat();
  heartbeat.push(text(READY_MARK), 0);
  return heartbeat;
};

describe('the heartbeat of the guest', () => {
  it('is ready after the mark, whatever came before it and however it was cut', () => {
    const heartbeat = new Heartbeat();
    heartbeat.push(text('SeaBIOS \n\u0080rea'), 1);
    expect(heartbeat.ready).to.equal(false);
    heartbeat.push(text('dy\n'), 2);
    expect(heartbeat.ready).to.equal(true);
    expect(heartbeat.pagesWritten).to.equal(0);
    expect(heartbeat.beats).to.deep.equal([]);
  });

  it('gives back any history, however the bytes are cut into pieces', () => {
    const steps = fc.array(
      fc.record({ milliseconds: fc.integer({ min: 0, max: 8000 }), pages: fc.integer({ min: 0, max: 1_000_000 }) }),
      { minLength: 1, maxLength: 200 },
    );
    fc.assert(fc.property(steps, fc.integer({ min: 1, max: 17 }), (history, piece) => {
      const bytes = [...text(READY_MARK)];
      const expected: [number, number][] = [];
      let milliseconds = 0;
      let pages = 0;
      for (const step of history) {
        milliseconds += step.milliseconds;
        pages += step.pages;
        expected.push([milliseconds, pages]);
        bytes.push(...frame(milliseconds, pages));
      }
      const heartbeat = new Heartbeat();
      for (let i = 0; i < bytes.length; i += piece) heartbeat.push(Uint8Array.from(bytes.slice(i, i + piece)), i);
      expect(heartbeat.beats.map((beat) => [beat.guestMilliseconds, beat.pagesWritten])).to.deep.equal(expected);
      expect(heartbeat.damaged).to.equal(0);
    }));
  });

  it('leaves out a damaged heartbeat, counts it, and reads the next ones rightly', () => {
    const damage = fc.constantFrom('lost', 'doubled');
    const places = fc.record({ beat: fc.integer({ min: 1, max: 98 }), byte: fc.integer({ min: 0, max: 4 }), damage });
    fc.assert(fc.property(places, ({ beat, byte, damage }) => {
      const heartbeat = ready();
      for (let i = 0; i < 100; i++) {
        const bytes = frame(i, i * 300); // so that no two heartbeats are alike
        if (i === beat) bytes.splice(byte, damage === 'lost' ? 1 : 0, ...(damage === 'lost' ? [] : [bytes[byte]]));
        heartbeat.push(Uint8Array.from(bytes), i);
      }
      expect(heartbeat.damaged).to.be.greaterThan(0);
      expect(heartbeat.pagesWritten).to.equal(99 * 300);
      // When a first byte is lost, the rest looks like bytes too many of the heartbeat before, which goes as well.
      expect(heartbeat.beats).to.have.length.of.at.least(98);
      for (const { hostSeconds, pagesWritten } of heartbeat.beats) expect(pagesWritten).to.equal(hostSeconds * 300);
    }));
  });

  it('does not go back for a heartbeat that is older than the last', () => {
    const heartbeat = ready();
    for (const milliseconds of [10, 11, 9, 12]) heartbeat.push(Uint8Array.from(frame(milliseconds, milliseconds)), milliseconds);
    expect(heartbeat.beats.map(({ pagesWritten }) => pagesWritten)).to.deep.equal([10, 11, 12]);
    expect(heartbeat.damaged).to.equal(1);
  });

  const paced = (): Heartbeat => {
    const heartbeat = ready();
    // 20 pages a millisecond; the guest is out for 30 ms after 0.050 s, and its clock stands still meanwhile.
    for (let i = 0; i <= 100; i++) heartbeat.push(Uint8Array.from(frame(i, i * 20)), (i <= 50 ? i : i + 30) / 1000);
    return heartbeat;
  };

  it('finds the gaps, and only those that end after a time', () => {
    const heartbeat = paced();
    expect(heartbeat.gaps()).to.deep.equal([{ from: 0.05, to: 0.081 }]);
    expect(heartbeat.gaps(0.06)).to.deep.equal([{ from: 0.05, to: 0.081 }]);
    expect(heartbeat.gaps(0.081)).to.deep.equal([]);
    expect(heartbeat.gaps(-Infinity, 0.04)).to.deep.equal([]);
  });

  it('tells the pages written at a time, and the rate between two by either clock', () => {
    const heartbeat = paced();
    expect(heartbeat.pagesAt(-1)).to.equal(0);
    expect(heartbeat.pagesAt(0.0105)).to.equal(200);
    expect(heartbeat.pagesAt(0.06)).to.equal(1000);
    expect(heartbeat.pagesAt(9)).to.equal(2000);
    expect(heartbeat.rate(0, 0.05)).to.be.closeTo(20_000, 1e-6);
    expect(heartbeat.rate(0, 0.13)).to.be.closeTo(2000 / 0.13, 1e-6);
    expect(heartbeat.rate(0.0395, 0.05)).to.be.closeTo(20_000, 1e-6);
    expect(heartbeat.guestRate(0, 0.13)).to.be.closeTo(20_000, 1e-6);
    expect(heartbeat.rate(0.051, 0.08)).to.equal(undefined);
    expect(heartbeat.guestRate(5, 6)).to.equal(undefined);
  });
});
