import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simulate, techniques, type Report } from '../../src/engine';
import { expand, parseExperiment } from '../../src/lab/experiment';
import type { Verdict } from '../../src/lab/verdict';
import { vmlab } from './run-vmlab';

const reference = (task: string) => `labs/05-five-techniques/reference/${task}.ts`;

describe('vmlab', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'vmlab-'))));
  after(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  describe('simulate', () => {
    const ideal = 'ideal: true\nlink: 1073741824 bit/s\nguest: { memory: 1 GiB, workload: linear, writes: 32 MiB/s, workingSet: 1 GiB }\ntechnique: pre-copy\n';

    it('prints one JSON document for one run, and the closed form comes out exactly', async () => {
      const { code, out, err } = await vmlab(['simulate', '-', '--json'], ideal);
      const report = JSON.parse(out) as Report;
      expect(report).to.include({ technique: 'pre-copy', totalSeconds: 10.625, downtimeSeconds: 0.125, pagesSent: 348_160, finalPages: 4096, seed: 1 });
      expect(report.rounds.map(({ pages }) => pages)).to.deep.equal([262_144, 65_536, 16_384]);
      expect({ code, err }).to.deep.equal({ code: 0, err: '' });
    });

    it('simulates what is meant for QEMU, too, and says how to run it there', async () => {
      const told = 'vmlab: this is the simulator; the experiment says `world: both`, and `vmlab qemu run -` runs it on QEMU.\n';
      const both = await vmlab(['simulate', '-', '--json'], `${ideal}world: both\n`);
      expect({ code: both.code, err: both.err }).to.deep.equal({ code: 0, err: told });
      expect(both.out).to.equal((await vmlab(['simulate', '-', '--json'], ideal)).out);
      expect((await vmlab(['simulate', '-', '--json'], `${ideal}world: simulator\n`)).err).to.equal('');
    });

    it('prints JSON Lines for several, each with its point of the sweep', async () => {
      const text = 'guest: { memory: 4 MiB, workingSet: 1 MiB }\ncompare: [pre-copy, post-copy]\nsweep: { guest.writes: [1 MiB/s, 2 MiB/s] }\n';
      const { out } = await vmlab(['simulate', file('sweep.yaml', text), '--json', '--seed', '7']);
      const lines = out.trim().split('\n').map((line) => JSON.parse(line) as Report & { point: Record<string, string> });
      expect(lines.map(({ technique, point, seed }) => [technique, point['guest.writes'], seed])).to.deep.equal([
        ['pre-copy', '1 MiB/s', 7],
        ['post-copy', '1 MiB/s', 7],
        ['pre-copy', '2 MiB/s', 7],
        ['post-copy', '2 MiB/s', 7],
      ]);
    });

    it('prints a table for people', async () => {
      const { code, out } = await vmlab(['simulate', '-'], `${ideal.replace('technique: pre-copy', 'compare: [stop-and-copy, pre-copy]')}`);
      expect(out).to.match(/^Pre-copy stops the guest for 125 ms and stop-and-copy for 8/);
      expect(out).to.match(/\nstop-and-copy +8\.00 s +8\.00 s +0 +262,144/);
      expect(code).to.equal(0);
    });

    it('gives the same bytes for the same seed, and runs a strategy from a file beside the experiment', async () => {
      file('mine.ts', 'export default function* (m) { m.pause(); yield m.send(m.guest.allPages()); yield m.sendState(); m.resumeAtDestination(); }');
      const experiment = file('mine.yaml', 'guest: { memory: 4 MiB }\ncompare: [stop-and-copy, ./mine.ts]\n');
      const [first, second] = await Promise.all([1, 2].map(() => vmlab(['simulate', experiment, '--json'])));
      expect(first).to.deep.equal(second);
      const [builtIn, mine] = first!.out.trim().split('\n').map((line) => JSON.parse(line) as Report);
      expect({ ...mine!, technique: '' }).to.deep.equal({ ...builtIn!, technique: '' });
    });

    it('ends quietly when its reader has seen enough', async () => {
      const rates = Array.from({ length: 40 }, (_, i) => `${i} MiB/s`);
      const sweep = file('long.yaml', `guest: { memory: 4 MiB }\nsweep: { guest.writes: [${rates.join(', ')}] }\n`);
      const child = spawn(process.execPath, ['dist/cli.js', 'simulate', sweep, '--json']);
      let err = '';
      child.stderr.on('data', (part) => (err += String(part)));
      child.stdout.once('data', () => child.stdout.destroy());
      const code = await new Promise((ended) => child.on('close', ended));
      expect({ code, err }).to.deep.equal({ code: 0, err: '' });
    });

    it('prints of a long sweep what a plain loop over its runs gives, to the byte', async () => {
      const rates = Array.from({ length: 40 }, (_, i) => `${i + 1} MiB/s`);
      const text = [
        'guest: { memory: 32 MiB, workload: hot-cold, reads: 8 MiB/s }',
        'compare: [stop-and-copy, demand-paging, post-copy, pre-copy, hybrid]',
        `sweep: { guest.writes: [${rates.join(', ')}] }`,
      ].join('\n');
      const { code, out, err } = await vmlab(['simulate', file('parallel.yaml', text), '--json']);
      const lines = expand(parseExperiment(text).experiment!).map(({ technique, scenario, point }) => {
        const report = simulate(scenario, techniques[technique.name!], { technique: technique.name });
        return `${JSON.stringify({ ...report, point })}\n`;
      });
      expect({ code, err }).to.deep.equal({ code: 0, err: '' });
      expect(out === lines.join('')).to.equal(true);
    });

    it('makes the runs beside wrong ones, and says of each why there is no report', async () => {
      file('wrong.ts', 'export default 1;');
      const text = 'guest: { memory: 4 MiB }\ncompare: [stop-and-copy, ./wrong.ts, pre-copy]\nsweep: { seed: [1, 2, 3, 4] }\n';
      const { code, out, err } = await vmlab(['simulate', file('wrong.yaml', text), '--json']);
      const lines = out.trim().split('\n').map((line) => JSON.parse(line) as Report & { failed?: string; point: object });
      const says = './wrong.ts:1:1: The default export is a number';
      expect(lines.map(({ technique, failed, point }) => [technique, failed?.slice(0, says.length), point])).to.deep.equal(
        ['1', '2', '3', '4'].flatMap((seed) => [
          ['stop-and-copy', undefined, { seed }],
          ['./wrong.ts', says, { seed }],
          ['pre-copy', undefined, { seed }],
        ]),
      );
      expect(err).to.match(/^vmlab: \.\/wrong\.ts:1:1: The default export is a number[^\n]*\n$/);
      expect(code).to.equal(2);
    });

    it('shows a run that fails as a row among the others', async () => {
      file('eat.ts', 'export default function* (m) {\n  const a = [];\n  for (;;) a.push(new Array(1e4).fill(7));\n}');
      file('loop.ts', 'export default function* (m) {\n  for (;;);\n}');
      const text = 'guest: { memory: 4 MiB }\ncompare: [pre-copy, ./eat.ts, ./loop.ts, stop-and-copy]\n';
      const { code, out, err } = await vmlab(['simulate', file('rows.yaml', text)]);
      expect(out).to.match(/\npre-copy .* done\n\.\/eat\.ts .*not made: \.\/eat\.ts:3:\d+: .* 96 MiB .*\n\.\/loop\.ts .* did not end\nstop-and-copy .* done\n/);
      expect(out).to.include('1 of 4 runs could not be made; the table says why.');
      expect(err).to.match(/^vmlab: \.\/eat\.ts:3:\d+: The strategy took more [^\n]*\n$/);
      expect(code).to.equal(2);
      const asQemu = await vmlab(['simulate', file('rows.yaml', text), '--query-migrate']);
      expect(asQemu.out.trim().split('\n').map((line) => (JSON.parse(line) as { status: string }).status)).to.deep.equal([
        'completed',
        'failed',
        'active',
        'completed',
      ]);
    });

    it('ends with exit code 130 when it is interrupted, also while a strategy hangs', async () => {
      file('stuck.ts', "export default function* f() { let s = ''; for (let i = 0; i < 1e7; i++) s = 'a' + s + s[5]; }");
      const text = 'guest: { memory: 4 MiB }\ncompare: [stop-and-copy, ./stuck.ts]\nsweep: { seed: [1, 2, 3, 4] }\n';
      const child = spawn(process.execPath, ['dist/cli.js', 'simulate', file('stuck.yaml', text), '--json']);
      let [out, err] = ['', ''];
      child.stderr.on('data', (part) => (err += String(part)));
      child.stdout.on('data', (part) => (out += String(part)));
      child.stdout.once('data', () => child.kill('SIGINT'));
      const code = await new Promise((ended) => child.on('close', ended));
      expect({ code, err }).to.deep.equal({ code: 130, err: '' });
      expect((JSON.parse(out) as Report).technique).to.equal('stop-and-copy');
    });

    describe('with hypervisors and optimisations', () => {
      const guest = 'guest: { memory: 16 MiB, writes: 32 MiB/s, workingSet: 8 MiB, changed: 8 B }\nlink: 200 Mbit/s\n';
      const strategy = [
        'export default function* (m) {',
        '  let pages = m.guest.allPages();',
        '  for (let round = 1; round <= 4; round++) { yield m.send(pages); pages = m.syncDirty(); }',
        '  m.pause();',
        '  yield m.send(pages.union(m.syncDirty()));',
        '  yield m.sendState();',
        '  m.resumeAtDestination();',
        '}',
      ].join('\n');

      it("runs built-in techniques and a learner's file with them", async () => {
        file('refined.ts', strategy);
        const text = `${guest}preset: qemu\ncompare: [./refined.ts, { use: ./refined.ts, with: [xbzrle] }, { use: pre-copy, with: [xbzrle], preset: none }]\n`;
        const { code, out, err } = await vmlab(['simulate', file('refined.yaml', text), '--json']);
        expect({ code, err }).to.deep.equal({ code: 0, err: '' });
        const [plain, delta, textbook] = out.trim().split('\n').map((line) => JSON.parse(line) as Report);
        expect([plain!, delta!, textbook!].map(({ technique }) => technique)).to.deep.equal([
          './refined.ts',
          './refined.ts + xbzrle',
          'pre-copy (none) + xbzrle',
        ]);
        expect(plain!.pagesByEncoding).not.to.have.property('xbzrle');
        expect(delta!.pagesByEncoding.xbzrle).to.be.above(0);
        expect([plain!, delta!, textbook!].map(({ tracking }) => tracking.mechanism)).to.deep.equal(['kvm-bitmap', 'kvm-bitmap', 'none']);
      });

      it('explains each figure, and how fine the timeline is', async () => {
        const { out } = await vmlab(['simulate', '-'], `${guest}tracking: pml\n`);
        expect(out).to.match(/\nSending pages takes \d+ % of the downtime\.\n/);
        expect(out).to.match(/\nDowntime: sending vCPU and device state +\d/);
        expect(out).to.match(/\nTracking: exits because a log was full +\d/);
        expect(out).to.match(/\nThe timeline is down-sampled: \d+ samples of [\d.]+ (ms|µs) each\. It is printed with --json\.\n$/);
      });

      it("answers as QEMU's query-migrate does, a line for each run", async () => {
        const { code, out } = await vmlab(['simulate', '-', '--query-migrate'], `${guest}preset: qemu\ncompare: [pre-copy, post-copy]\n`);
        const answers = out.trim().split('\n').map((line) => JSON.parse(line) as { status: string; ram: { 'page-size': number } });
        expect(answers.map(({ status, ram }) => [status, ram['page-size']])).to.deep.equal([
          ['completed', 4096],
          ['completed', 4096],
        ]);
        expect(code).to.equal(0);
      });

      it('writes what happens in a run as JSON Lines, to a file beside the report or alone to standard output', async () => {
        const log = join(folder, 'events.jsonl');
        const toFile = await vmlab(['simulate', '-', '--trace', log], guest);
        const alone = await vmlab(['simulate', '-', '--trace', '-'], guest);
        expect(toFile.out).to.match(/^Pre-copy stops the guest/);
        expect(alone.out).to.equal(readFileSync(log, 'utf8'));
        const events = alone.out.trim().split('\n').map((line) => JSON.parse(line) as { event: string; seconds: number });
        expect([events[0]!.event, events.at(-1)!.event]).to.deep.equal(['started', 'ended']);
        expect(events.map(({ event }) => event)).to.include.members(['send', 'sent', 'syncDirty', 'write', 'pause', 'resume']);
        expect({ code: alone.code, err: alone.err }).to.deep.equal({ code: 0, err: '' });
      });

      it("follows a learner's file once, also when it has to be run again to say where it went wrong", async () => {
        file('forgets.ts', strategy.replace('yield m.sendState()', 'm.sendState()'));
        const { out } = await vmlab(['simulate', file('forgets.yaml', `${guest}technique: ./forgets.ts\n`), '--trace', '-']);
        const events = out.trim().split('\n').map((line) => (JSON.parse(line) as { event: string }).event);
        expect(events.filter((event) => event === 'started')).to.have.length(1);
        expect(events).to.include('finding');
      });

      const contradictions: [name: string, args: string[], text: string, says: RegExp][] = [
        ['a trace of several runs', ['--trace', '-'], 'compare: [pre-copy, hybrid]', /^vmlab: --trace follows a single run, and this experiment asks for 2/],
        ['a trace and a report on standard output', ['--trace', '-', '--json'], 'seed: 1', /^vmlab: --trace - and --json would both/],
        ["a trace and QEMU's answer on standard output", ['--trace', '-', '--query-migrate'], 'seed: 1', /^vmlab: --trace - and --query-migrate would both/],
        ['a trace into a folder that is not there', ['--trace', 'none/such/events'], 'seed: 1', /^vmlab: none\/such\/events: there is no such folder\./],
        ['two kinds of JSON', ['--query-migrate', '--json'], 'seed: 1', /cannot be used with option '--json'/],
        ['a preset that has not the technique', [], 'technique: { use: hybrid, preset: xen }', /:1:35: The preset `xen` has no `hybrid`/],
        ['optimisations that exclude each other', [], 'technique: { use: pre-copy, with: [multifd, xbzrle] }', /:1:35: .*cannot be combined with/],
        ['an unknown optimisation', [], 'technique: { use: pre-copy, with: [xbzlre] }', /:1:36: .*Did you mean `xbzrle`\?/],
        ['a trace that is not installed', [], 'guest: { workload: kernel-build }', /is not a workload or the name of a recorded trace\. Accepted: one of idle, .*redis/],
        ['tracking in the ideal world', [], 'ideal: true\ntracking: pml', /:2:11: `tracking` contradicts `ideal: true`/],
      ];
      for (const [name, args, text, says] of contradictions) {
        it(`refuses ${name} in one line, with exit code 2`, async () => {
          const { code, out, err } = await vmlab(['simulate', '-', ...args], text);
          expect(err).to.match(says);
          expect(err.trim().split('\n')).to.have.length(1);
          expect({ code, out }).to.deep.equal({ code: 2, out: '' });
        });
      }
    });

    const refused: [name: string, text: string, says: RegExp][] = [
      ['an unknown key', 'guest: { memry: 1 GiB }', /:1:10: `memry` is not a key of `guest`\. Did you mean `memory`\?/],
      ['a wrong unit', 'guest: { memory: 64 MB }', /:1:18: .*64 MB.*MiB/],
      ['a negative size', 'guest: { memory: -1 GiB }', /:1:18: .*-1 GiB/],
      ['an absurd size', 'guest: { memory: 99999999 TiB }', /:1:18: .*`1 TiB`/],
      ['broken YAML', 'guest: { memory: 1 GiB', /:1:\d+: /],
      ['nothing', '', /:1:1: .*empty/],
      ['a strategy that is not there', 'technique: ./none.ts', /none\.ts: there is no such file/],
      ['a strategy that is no strategy', 'technique: ./empty.ts', /empty\.ts.*default/],
    ];
    for (const [name, text, says] of refused) {
      it(`refuses ${name} in one line, with exit code 2`, async () => {
        file('empty.ts', 'const nothing = 1;');
        const { code, out, err } = await vmlab(['simulate', file('refused.yaml', text)]);
        expect(err).to.match(says);
        expect(err.trim().split('\n')).to.have.length(1);
        expect({ code, out }).to.deep.equal({ code: 2, out: '' });
      });
    }
  });

  describe('check', () => {
    it('passes each reference solution', async () => {
      for (const task of ['stop-and-copy', 'pre-copy', 'post-copy', 'demand-paging', 'hybrid']) {
        const { code, out } = await vmlab(['check', '5', reference(task), '--json']);
        expect(JSON.parse(out) as Verdict).to.include({ outcome: 'pass', task, question: '05-five-techniques' });
        expect(code).to.equal(0);
      }
    });

    it('says what is wrong, where, and what to try, with exit code 1', async () => {
      const wrong = 'labs/05-five-techniques/wrong/pre-copy/clears-after-sending.ts';
      const { code, out, err } = await vmlab(['check', '05-five-techniques', wrong, '--task', 'pre-copy']);
      for (const part of ['Expected:', 'What happened:', 'Where: line 9', 'Why it matters:', 'What to try next:']) expect(out).to.include(part);
      expect({ code, err }).to.deep.equal({ code: 1, err: '' });
    });

    const verdicts: [name: string, source: string, outcome: string, says: RegExp, line?: number][] = [
      ['an endless loop', 'export default function* (m) {\n  m.pause();\n  for (;;);\n}', 'limit', /went on computing/, 3],
      ['a memory bomb', 'export default function* (m) {\n  const a = [];\n  for (;;) a.push("x".repeat(1e6) + a.length);\n}', 'limit', /memory/],
      ['a syntax error', 'export default function* (m) {\n  yield m.;\n}', 'error', /./, 2],
      ['an enum', 'enum A { b }\nexport default function* (m) {}', 'error', /enum/, 1],
      ['no export', 'const a = 1;', 'error', /default/],
      ['a plain function', 'export default function (m) {}', 'error', /function\*/],
      ['a thrown null', 'export default function* (m) {\n  throw null;\n}', 'error', /null/],
      ['a strategy that never yields', 'export default function* (m) { m.pause(); }', 'fail', /./],
    ];
    for (const [name, source, outcome, says, line] of verdicts) {
      it(`has a verdict of its own for ${name}`, async () => {
        const { code, out } = await vmlab(['check', '5', file('pre-copy.ts', source), '--json']);
        const verdict = JSON.parse(out) as Verdict;
        expect(verdict.outcome).to.equal(outcome);
        expect(verdict.feedback!.happened).to.match(says);
        if (line !== undefined) expect(verdict.feedback!.where.line).to.equal(line);
        expect(verdict.milliPoints).to.equal(0);
        expect(code).to.equal(1);
      });
    }

    it('names the questions and tasks there are, with exit code 2', async () => {
      const noQuestion = await vmlab(['check', '13', reference('pre-copy')]);
      expect(noQuestion.err).to.match(/there is no question "13" in this version; there is 5/);
      const noTask = await vmlab(['check', '5', file('other.ts', '')]);
      expect(noTask.err).to.match(/--task: stop-and-copy, pre-copy/);
      expect([noQuestion.code, noTask.code]).to.deep.equal([2, 2]);
    });
  });

  it('has help, a version, and exit code 2 for what it does not know', async () => {
    expect(await vmlab(['--version'])).to.deep.include({ code: 0, out: '0.1.0\n' });
    expect((await vmlab(['--help'])).out).to.include('simulate').and.include('check');
    expect((await vmlab(['conjure'])).code).to.equal(2);
    expect((await vmlab(['simulate', '-', '--seed', '1.5'], '')).code).to.equal(2);
  });
});
