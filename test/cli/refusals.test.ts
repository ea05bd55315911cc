import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { started, vmlab, vmlabInto, type Ended } from './run-vmlab';

const GUEST = 'guest: { memory: 4 MiB }\n';
const WORKS = 'export default function* (m) { m.pause(); yield m.send(m.guest.allPages()); yield m.sendState(); m.resumeAtDestination(); }';

/** One clear sentence on standard error, nothing on standard output. */
function expectRefusal({ code, out, err }: Ended, says: RegExp, with_ = 2): void {
  expect(err).to.match(/^vmlab: [^\n]*\n$/).and.to.match(says);
  expect({ code, out }).to.deep.equal({ code: with_, out: '' });
}

describe('vmlab, given what it cannot use', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'vmlab-refusals-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const path = (name: string) => join(folder, name);
  const file = (name: string, text: string | Buffer) => {
    writeFileSync(path(name), text);
    return path(name);
  };

  it('refuses a seed for all runs of an experiment that sweeps it', async () => {
    const swept = `${GUEST}sweep: { seed: [1, 2] }\n`;
    expectRefusal(await vmlab(['simulate', '-', '--seed', '5'], swept), /input:2:16: the experiment sweeps `seed`, and --seed .* leave one of them out/);
    expectRefusal(await vmlab(['qemu', 'run', '-', '--seed', '5'], swept), /input:2:16: the experiment sweeps `seed`/);
  });

  describe('does not write over', () => {
    const inputs: [name: string, trace: () => string, says: RegExp][] = [
      ['the experiment', () => path('e.yaml'), /e\.yaml: this is the experiment itself/],
      ['the experiment under another name', () => path('hard.yaml'), /hard\.yaml: this is the experiment itself/],
      ['the experiment behind a link', () => path('soft.yaml'), /soft\.yaml: this is the experiment itself/],
      ['the strategy in use', () => path('works.ts'), /works\.ts: this is \.\/works\.ts, which the experiment runs/],
    ];
    for (const [name, trace, says] of inputs) {
      it(name, async () => {
        file('works.ts', WORKS);
        const experiment = file('e.yaml', `${GUEST}technique: ./works.ts\n`);
        linkSync(experiment, path('hard.yaml'));
        symlinkSync('e.yaml', path('soft.yaml'));
        const before = [readFileSync(experiment, 'utf8'), readFileSync(path('works.ts'), 'utf8')];
        expectRefusal(await vmlab(['simulate', experiment, '--trace', trace()]), says);
        expect([readFileSync(experiment, 'utf8'), readFileSync(path('works.ts'), 'utf8')]).to.deep.equal(before);
      });
    }

    it('an old trace, if there is no new one', async () => {
      file('bad.ts', 'export default function* (m) { yield m.; }');
      const old = file('old.jsonl', 'old\n');
      const { code } = await vmlab(['simulate', file('e.yaml', 'technique: ./bad.ts'), '--trace', old]);
      expect(code).to.equal(2);
      expect(readFileSync(old, 'utf8')).to.equal('old\n');
      expect(readdirSync(folder).sort()).to.deep.equal(['bad.ts', 'e.yaml', 'old.jsonl']);
    });

    it('an old trace in part: the new one takes its place, with its permissions and behind its links', async () => {
      const old = file('old.jsonl', 'old\n');
      const { mode } = statSync(file('like.jsonl', ''));
      symlinkSync('old.jsonl', path('link.jsonl'));
      const { code } = await vmlab(['simulate', '-', '--trace', path('link.jsonl')], GUEST);
      expect(code).to.equal(0);
      expect(readFileSync(old, 'utf8')).to.match(/^\{.*"started"/);
      expect(statSync(old).mode).to.equal(mode);
      expect(readdirSync(folder).sort()).to.deep.equal(['like.jsonl', 'link.jsonl', 'old.jsonl']);
    });

    it('where standard output goes', async () => {
      const out = file('out.txt', '');
      expect(await vmlabInto(out, ['simulate', '-', '--trace', out], GUEST)).to.include({ code: 2 });
    });

    it('results with a chart', async () => {
      const results = file('r.jsonl', readFileSync('docs/validation.jsonl'));
      expectRefusal(await vmlab(['qemu', 'compare', '--no-measure', '--results', results, '--chart', results]), /this is the file of --results/);
    });
  });

  describe('says in one sentence that it cannot write', () => {
    before(function () {
      if (!existsSync('/dev/full')) this.skip();
    });

    it('to standard output, whatever is written there, with exit code 3', async () => {
      const commands = [
        ['simulate', '-'],
        ['simulate', '-', '--json'],
        ['simulate', '-', '--trace', '-'],
        ['check', '5', 'labs/05-five-techniques/reference/pre-copy.ts'],
        ['qemu', 'compare', '--no-measure', '--results', 'docs/validation.jsonl'],
      ];
      for (const args of commands) {
        expect(await vmlabInto('/dev/full', args, GUEST)).to.deep.equal({
          code: 3,
          err: 'vmlab: the results could not be written to standard output: no space is left on the device.\n',
        });
      }
    });

    it('all of the events to a file, where only a part fits', async () => {
      // The shell's unit is 512 or 1024 bytes; a trace has some 60 KiB.
      const command = `ulimit -f 8; exec '${process.execPath}' dist/cli.js simulate '${file('e.yaml', GUEST)}' --trace - > '${path('out')}'`;
      const ended = await promisify(execFile)('sh', ['-c', command]).catch((error: unknown) => error as Ended);
      expect(ended).to.include({ code: 3, stderr: 'vmlab: the results could not be written to standard output: the file has become larger than is allowed.\n' });
    });

    it('a trace or a chart, after what can be printed', async () => {
      const trace = await vmlab(['simulate', '-', '--trace', '/dev/full'], GUEST);
      expect(trace.out).to.match(/^Pre-copy stops/);
      const chart = await vmlab(['qemu', 'compare', '--no-measure', '--results', 'docs/validation.jsonl', '--chart', '/dev/full']);
      expect(chart.out).to.include('verdict on convergence');
      for (const { code, err } of [trace, chart]) {
        expect({ code, err }).to.deep.equal({ code: 3, err: 'vmlab: /dev/full could not be written: no space is left on the device.\n' });
      }
    });
  });

  describe('shows on a terminal what would steer it', () => {
    /** ESC and BEL, a line break, a C1 control and an override: `\x9b` is CSI in one character. */
    const EVIL = '\\u001b]0;x\\u0007\\n\\u009b31m\\u202e';
    const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

    it('in tables, reports, verdicts and errors', async () => {
      file('aborts.ts', `export default function* (m) { m.note('${EVIL}'); m.abort('a${EVIL}b'); }`);
      const throws = file('throws.ts', `export default function* (m) { throw 'a${EVIL}b'; }`);
      const results = [
        await vmlab(['simulate', file('e.yaml', `${GUEST}compare: [pre-copy, ./aborts.ts, ./throws.ts]`)]),
        await vmlab(['simulate', file('one.yaml', `${GUEST}technique: ./throws.ts`)]),
        await vmlab(['check', '5', throws, '--task', 'pre-copy']),
        await vmlab(['simulate', '-'], `guest: { "a${EVIL}b": 1 }`),
        await vmlab(['simulate', path('a\u001b]0;x\u0007\nb')]),
      ];
      for (const { out, err } of results) {
        expect(out + err).to.include('\\u001b]0;x\\u0007\\n').and.not.to.match(CONTROLS);
        expect(out + err, 'a forged line').not.to.match(/^(\u009b31m|b)/m);
      }
    });

    it('in JSON as JSON does', async () => {
      file('aborts.ts', `export default function* (m) { m.abort('a${EVIL}b'); }`);
      const { out } = await vmlab(['simulate', file('e.yaml', `${GUEST}technique: ./aborts.ts`), '--json']);
      expect(out).not.to.match(CONTROLS);
      expect((JSON.parse(out) as { aborted: string }).aborted).to.equal('a\u001b]0;x\u0007\n\u009b31m\u202eb');
    });
  });

  describe('says where a document asks real QEMU for what it cannot do', () => {
    const documents: [text: string, says: RegExp][] = [
      ['guest: { memory: 64 MiB, writes: 64 GiB/s }', /input:1:34: On real QEMU `guest\.writes` may be at most 3500000 pages\/s/],
      ['guest: { memory: 64 MiB }\nlink: 8 kbit/s', /input:2:7: This migration would take \d+ minutes at least/],
      ['guest: { memory: 64 MiB }\nsweep: { link: [1 Gbit/s, 8 kbit/s] }', /input:2:27: This migration would take/],
      ['guest: { memory: 4 GiB }', /input:1:18: On real QEMU `guest\.memory` must be/],
      ['compare: [pre-copy, { use: pre-copy, preset: xen }]', /input:1:46: Real QEMU cannot behave like xen/],
      ['preset: xen', /input:1:9: Real QEMU cannot behave like xen/],
      ['compare: [pre-copy, ./mine.ts]', /input:1:21: \.\/mine\.ts runs in the simulator only/],
      ['guest: { workload: redis }', /input:1:20: A recorded guest/],
    ];
    for (const [text, says] of documents) {
      it(text.replace('\n', ', '), async () => expectRefusal(await vmlab(['qemu', 'run', '-'], text), says));
    }
  });

  describe('says what is wrong with files of a comparison before it measures', () => {
    const results = 'docs/validation.jsonl';
    const commands: [args: string[], says: RegExp][] = [
      [['--no-measure', '--results', 'nope'], /nope: there is no such file\./],
      [['--no-measure'], /there is nothing to compare: name a file with --results\./],
      [['--no-measure', '--results', 'README.md'], /README\.md: this is no file of results: line 1 is no measurement/],
      [['--no-measure', '--results', '/dev/zero'], /\/dev\/zero: this is no file/],
      [['--no-measure', '--results', ''], /--results needs the name of a file/],
      [['--no-measure', '--results', results, '--chart', 'none/such.svg'], /none\/such\.svg: there is no such folder\./],
      [['--no-measure', '--results', results, '--chart', ''], /--chart needs the name of a file/],
      [['--quick', '--results', 'none/such.jsonl'], /none\/such\.jsonl: there is no such folder\./],
    ];
    for (const [args, says] of commands) {
      it(args.join(' '), async () => expectRefusal(await vmlab(['qemu', 'compare', ...args]), says));
    }

    it('and a recording', async () => {
      expectRefusal(await vmlab(['qemu', 'record', 'redis', '--out', '']), /--out needs the name of a folder/);
      expectRefusal(await vmlab(['qemu', 'record', 'redis', '--out', file('a', '')]), /a: a part of this path is a file, not a folder/);
      if (existsSync('/proc/self')) expectRefusal(await vmlab(['qemu', 'record', 'redis', '--out', '/proc/nope/x']), /\/proc\/nope\/x: /);
    });
  });

  describe('says in words what is wrong with', () => {
    const utf16 = Buffer.from('\ufeffseed: 1', 'utf16le');
    const files: [name: string, args: () => string[], says: RegExp][] = [
      ['a strategy that is not there', () => ['simulate', file('e.yaml', `${GUEST}compare: [pre-copy, ./nope.ts]`)], /e\.yaml:2:21: \.\/nope\.ts: there is no such file\./],
      ['a strategy that is a folder', () => ['simulate', file('e.yaml', 'technique: { with: [xbzrle], use: ./d.ts }')], /e\.yaml:1:35: \.\/d\.ts: this is a folder; a file is needed\./],
      ['a file as a folder', () => ['simulate', `${file('e.yaml', '')}/x`], /a part of this path is a file/],
      ['a long name', () => ['simulate', 'a'.repeat(300)], /this name is longer than/],
      ['no name', () => ['simulate', ''], /the name of a file is empty: name a file, or - for standard input/],
      ['no name of a strategy', () => ['check', '5', ''], /the name of a file is empty/],
      ['no name of a QEMU', () => ['qemu', 'run', '-', '--qemu', ''], /--qemu needs the path of a QEMU, and this one is empty/],
      ['no name of a trace', () => ['simulate', file('e.yaml', GUEST), '--trace', ''], /--trace needs the name of a file/],
      ['UTF-16', () => ['simulate', file('e.yaml', utf16)], /e\.yaml: this is UTF-16; save it as UTF-8\./],
      ['UTF-16 without a mark', () => ['simulate', file('e.yaml', utf16.subarray(2))], /e\.yaml: byte 2 is zero: .* UTF-16; save it as UTF-8\./],
      ['Latin-1', () => ['check', '5', file('pre-copy.ts', Buffer.from('// \ufffd\n// \u00e4\n', 'latin1'))], /pre-copy\.ts:1:4: this is not UTF-8/],
      ['what never ends', () => ['simulate', '/dev/zero'], /\/dev\/zero: larger than 4 MiB/],
      ['an option', () => ['simulate', '-', '--trac', 'x'], /unknown option '--trac' \(Did you mean --trace\?\)/],
      ['an argument too many', () => ['simulate', 'a', 'b'], /too many arguments/],
    ];
    for (const [name, args, says] of files) {
      it(name, async () => {
        mkdirSync(path('d.ts'));
        expectRefusal(await vmlab(args()), says);
      });
    }

    it('many places at once', async () => {
      const bomb = ['a: &a [x]', ...Array.from({ length: 30 }, (_, i) => `b${i}: [*a, *a]`)].join('\n');
      expectRefusal(await vmlab(['simulate', '-'], bomb), /input:1:7: Anchors and aliases .* \(The same holds in 19 other places\.\)$/m);
    });
  });

  describe('ends when it is asked to', () => {
    it('with its own exit code, while it reads standard input', async () => {
      for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]] as const) {
        const { child, ended } = await started(['simulate', '-', '--trace', '-']);
        child.stdin!.write('guest: { memory: 4 MiB }\n');
        child.kill(signal);
        expect(await ended).to.deep.equal({ end: code, err: '' });
      }
    });

    it('with the same exit code if it is asked three times, and leaves no file behind', async () => {
      const experiment = file('big.yaml', 'guest: { memory: 16 GiB, writes: 200 MiB/s, workingSet: 8 GiB }\n');
      const { child, ended } = await started(['simulate', experiment, '--trace', path('t.jsonl')]);
      for (let i = 0; i < 3; i++) child.kill('SIGINT');
      expect(await ended).to.deep.equal({ end: 130, err: '' });
      expect(readdirSync(folder)).to.deep.equal(['big.yaml']);
    });
  });

  it('does what the README shows, as it is pasted', async function () {
    if (process.platform === 'win32') this.skip();
    const [, pasted] = /works as it stands:\n\n```\n([^]*?)```/.exec(readFileSync('README.md', 'utf8'))!;
    const { stdout, stderr } = await promisify(execFile)('sh', ['-e', '-c', pasted!]);
    expect(stdout).to.match(/\nstop-and-copy .* done\n[^]*\{"seconds":0,"event":"started"[^]*All 3 workloads passed\./);
    expect(stderr).to.equal('');
  });

  it('says in the help of each command how it ends', async () => {
    for (const command of [['simulate'], ['check'], ['qemu', 'run'], ['qemu', 'compare'], ['qemu', 'record']]) {
      const { out, code } = await vmlab([...command, '--help']);
      expect(out).to.match(/\nExit codes:\n {2}0 .*\n( {2}1 .*\n)? {2}2 .*\n {2}3 .*\n {2}130 /);
      expect(code).to.equal(0);
    }
  });
});
