import { expect } from 'chai';
import type { Report } from '../../../src/engine';
import { expand, parseExperiment } from '../../../src/lab/experiment';
import { runForReal, type RealMachines } from '../../../src/vscode/machines';

const runsOf = (text: string) => expand(parseExperiment(text).experiment!);
const three = runsOf('compare: [stop-and-copy, pre-copy, post-copy]');
const idle = { signal: new AbortController().signal, progress: () => undefined };

function machines(run: RealMachines['run']): RealMachines {
  return { missing: () => Promise.resolve(undefined), run };
}
const made = (technique: string) => ({ report: { technique } as Report, remarks: ['Noted.'], queryMigrate: {} });

describe('runs on real machines', () => {
  it('are made one after the other, in order, and marked as real', async () => {
    let underWay = 0;
    const { runs, failures } = await runForReal(
      three,
      machines(async ({ label }) => {
        expect(++underWay).to.equal(1);
        await Promise.resolve();
        underWay--;
        return made(label);
      }),
      idle,
    );
    expect(failures.size).to.equal(0);
    expect(runs.map(({ label, world, remarks }) => [label, world, remarks])).to.deep.equal([
      ['stop-and-copy', 'qemu', ['Noted.']], ['pre-copy', 'qemu', ['Noted.']], ['post-copy', 'qemu', ['Noted.']],
    ]);
  });

  it('go on when one fails, and tell which and why', async () => {
    const { runs, failures } = await runForReal(
      three,
      machines(({ label }) => (label === 'pre-copy' ? Promise.reject(new Error('It is full.')) : Promise.resolve(made(label)))),
      idle,
    );
    expect(runs.map(({ label }) => label)).to.deep.equal(['stop-and-copy', 'post-copy']);
    expect([...failures]).to.deep.equal([[1, { message: 'It is full.', blame: 'infra' }]]);
  });

  it('end when they are interrupted, with nothing started after that', async () => {
    const abort = new AbortController();
    const begun: string[] = [];
    const ended = await runForReal(
      three,
      machines(({ label }, { signal }) => {
        begun.push(label);
        abort.abort(new Error('enough'));
        signal.throwIfAborted();
        return Promise.resolve(made(label));
      }),
      { signal: abort.signal, progress: () => undefined },
    ).then(() => 'made', String);
    expect([ended, begun]).to.deep.equal(['Error: enough', ['stop-and-copy']]);
  });

  it('tell how far they are, and never that all is done', async () => {
    const told: string[] = [];
    await runForReal(
      three.slice(0, 2),
      machines(({ label }, { progress }) => {
        progress('migrating', 1, 3);
        progress('migrating', 3, 3);
        return Promise.resolve(made(label));
      }),
      { ...idle, progress: ({ done, total, label }) => told.push(`${done}/${total} ${label}`) },
    );
    expect(told).to.deep.equal([
      '0/2 stop-and-copy on QEMU: starting',
      '0/2 stop-and-copy on QEMU: migrating, 33 %',
      '0/2 stop-and-copy on QEMU: migrating, 99 %',
      '1/2 pre-copy on QEMU: starting',
      '1/2 pre-copy on QEMU: migrating, 33 %',
      '1/2 pre-copy on QEMU: migrating, 99 %',
    ]);
  });
});
