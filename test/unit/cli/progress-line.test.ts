import { expect } from 'chai';
import { ProgressLine } from '../../../src/cli/progress-line';

function lineOn(isTTY: boolean) {
  let text = '';
  const line = new ProgressLine({ isTTY, write: (part) => (text += part) });
  return { line, written: () => text };
}

describe('the line of progress', () => {
  it('is written over and over, and ended once', () => {
    const { line, written } = lineOn(true);
    line.end();
    line.show(0, 2);
    line.show(1, 2);
    line.end();
    line.end();
    expect(written()).to.equal('\r0 of 2 runs\r1 of 2 runs\n');
  });

  it('is for people who wait: not for a file, and not for one run', () => {
    const file = lineOn(false);
    file.line.show(1, 2);
    file.line.end();
    const single = lineOn(true);
    single.line.show(0, 1);
    single.line.end();
    expect([file.written(), single.written()]).to.deep.equal(['', '']);
  });

  it('says other things too, and goes away without a trace', () => {
    const { line, written } = lineOn(true);
    line.tell('Starting');
    line.clear();
    line.clear();
    expect(written()).to.equal('\rStarting\u001b[K\r\u001b[K');
    const file = lineOn(false);
    file.line.tell('Starting');
    file.line.clear();
    expect(file.written()).to.equal('');
  });
});
