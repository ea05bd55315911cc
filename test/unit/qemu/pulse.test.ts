import { expect } from 'chai';
import { seriesOf } from '../../../src/qemu/pulse';

describe('the pulse of a real guest', () => {
  it('is timed by the guest’s clock, however late we hear of a heartbeat', () => {
    const lateness = [0.004, 0.003, 0, 0.009, 0.008];
    const beats = lateness.map((late, i) => ({ hostSeconds: 100 + i / 1000 + late, guestMilliseconds: 5000 + i, pagesWritten: 10 * i }));
    const { times, values } = seriesOf(beats);
    times.forEach((time, i) => expect(time).to.be.closeTo(100 + i / 1000, 1e-9));
    expect(values).to.deep.equal([0, 10, 20, 30, 40]);
    expect(seriesOf([]).times).to.deep.equal([]);
  });

  it('keeps what the guest did not say for a while', () => {
    const beats = [0, 1, 300, 301].map((ms) => ({ hostSeconds: 7 + ms / 1000, guestMilliseconds: ms, pagesWritten: ms }));
    expect(seriesOf(beats).times[2]! - seriesOf(beats).times[1]!).to.be.closeTo(0.299, 1e-9);
  });
});
