import { expect } from 'chai';
import type * as childProcess from 'node:child_process';
import * as vscode from 'vscode';
import {
  closeEverything,
  codeCell,
  eventually,
  folderFor,
  notebookOf,
  openLesson,
  outputText,
  runCell,
  startCell,
  write,
} from './lesson-files';

const REPORT = 'application/vnd.vmlab.report+json';
const folder = folderFor('worlds');
/** About a second of real migration. */
const GUEST =
  'guest: { memory: 32 MiB, workload: random, writes: 4 MiB/s, workingSet: 4 MiB }\nlink: 1 Gbit/s\npreset: qemu\ntechnique: pre-copy\n';
/** The host that runs in a worker of the browser; a VS Code that is only shown in one has Node. */
const isBrowser = (globalThis as { process?: NodeJS.Process }).process?.versions?.node === undefined;
const PATH_SETTING = 'vmlab.qemu.path';

async function open(name: string, ...cells: string[]): Promise<vscode.NotebookDocument> {
  const uri = vscode.Uri.joinPath(folder, `${name}.vmlab.ipynb`);
  return openLesson(await write(uri, notebookOf(cells.map((text) => codeCell(text)))));
}

const reportIn = (cell: vscode.NotebookCell) => JSON.parse(outputText(cell, REPORT)!);

describe('the world of an experiment cell', () => {
  afterEach(closeEverything);

  it('is written into the cell when it is chosen, and starts nothing', async () => {
    const notebook = await open('choice', GUEST);
    const { document } = notebook.cellAt(0);
    const choose = (choice: string) => vscode.commands.executeCommand('vmlab.chooseWorld', notebook.cellAt(0), choice);
    await choose('both');
    expect(document.getText()).to.equal(`${GUEST}world: both\n`);
    await choose('qemu');
    expect(document.getText()).to.equal(`${GUEST}world: qemu\n`);
    await choose('nowhere');
    expect(document.getText(), 'not a world').to.equal(`${GUEST}world: qemu\n`);
    expect(notebook.cellAt(0).outputs, 'nothing is started').to.deep.equal([]);
  });

  it('is completed and explained from the table of keys', async () => {
    const { uri } = (await open('language', 'world: ')).cellAt(0).document;
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      uri,
      new vscode.Position(0, 7),
    );
    expect(list.items.map(({ label }) => (typeof label === 'string' ? label : label.label))).to.include.members(['simulator', 'qemu', 'both']);
    const [hover] = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', uri, new vscode.Position(0, 2));
    expect((hover?.contents[0] as vscode.MarkdownString).value).to.include('**world**').and.include('QEMU');
  });

  it('changes nothing in the simulator', async () => {
    const notebook = await open('simulator', GUEST, `${GUEST}world: simulator`);
    const plain = outputText(await runCell(notebook, 0), REPORT);
    expect(outputText(await runCell(notebook, 1), REPORT)).to.equal(plain);
  });
});

if (isBrowser) {
  describe('in a browser, an experiment for QEMU', () => {
    afterEach(closeEverything);

    it('says politely where it can be run, once, and is no failure', async () => {
      const notebook = await open('browser', `${GUEST}world: qemu`, `${GUEST}world: qemu`);
      const first = await runCell(notebook, 0);
      expect(outputText(first, 'text/plain')).to.include('open the same notebook in VS Code on a computer');
      expect(first.executionSummary?.success).to.equal(undefined);
      expect(outputText(await runCell(notebook, 1), 'text/plain')).to.equal('QEMU is not run in a browser.');
    });

    it('runs its simulated half all the same', async () => {
      const { runs, remarks, differences } = reportIn(await runCell(await open('half', `${GUEST}world: both`), 0));
      expect(runs.map(({ technique }: { technique: string }) => technique)).to.deep.equal(['pre-copy']);
      expect(remarks).to.deep.equal(['QEMU is not run in a browser.']);
      expect(differences).to.equal(undefined);
    });
  });
} else {
  describe('on a computer without QEMU, an experiment for it', () => {
    const configuration = () => vscode.workspace.getConfiguration();
    before(() => configuration().update(PATH_SETTING, '/nowhere/qemu-system-x86_64', vscode.ConfigurationTarget.Global));
    after(() => configuration().update(PATH_SETTING, undefined, vscode.ConfigurationTarget.Global));
    afterEach(closeEverything);

    it('says what is wrong and how to install it, once', async () => {
      const notebook = await open('missing', `${GUEST}world: qemu`, `${GUEST}world: qemu`);
      const first = await runCell(notebook, 0);
      expect(outputText(first, 'text/plain')).to.include('vmlab.qemu.path').and.include('/nowhere/').and.match(/[Ii]nstall it with/);
      expect(first.executionSummary?.success).to.equal(undefined);
      const second = outputText(await runCell(notebook, 1), 'text/plain')!;
      expect(second).to.equal('The setting `vmlab.qemu.path` names no QEMU that serves.');
    });

    it('runs its simulated half all the same', async () => {
      const { runs, remarks } = reportIn(await runCell(await open('half', `${GUEST}world: both`), 0));
      expect(runs).to.have.length(1);
      expect(remarks).to.deep.equal(['The setting `vmlab.qemu.path` names no QEMU that serves.']);
    });
  });

  describe('on a computer with QEMU, an experiment for it', function () {
    // Two real machines start, on a computer that may have other things to do.
    this.timeout(120_000);
    before(async function () {
      const { stdout } = await qemuVersion();
      if (stdout === '') {
        console.log('LABNOTE qemu-system-x86_64 is not installed: real migrations are not tried');
        this.skip();
      }
    });
    afterEach(closeEverything);

    it('is migrated in both worlds, on one chart and in one table, with QEMU’s own words', async () => {
      const cell = await runCell(await open('both', `${GUEST}world: both`), 0);
      const { runs, differences, remarks = [] } = reportIn(cell);
      expect(remarks.filter((one: string) => one.includes('could not be run'))).to.deep.equal([]);
      expect(runs.map(({ world = 'simulator' }: { world?: string }) => world)).to.deep.equal(['simulator', 'qemu']);
      expect(runs[1].queryMigrate).to.include({ status: 'completed' });
      expect(differences.table.rows.map(([figure]: string[]) => figure)).to.include.members(['Downtime', 'Total time', 'Outcome']);
      expect(outputText(cell, 'text/markdown')).to.include('<summary>pre-copy: QEMU’s own answer to <code>query-migrate</code>');
      expect(cell.executionSummary?.success).to.equal(true);
    });

    it('says of a strategy in a file that QEMU has its own, and runs the rest', async () => {
      await write(vscode.Uri.joinPath(folder, 'own.ts'), 'export default function* own(m: any) { m.pause(); yield m.send(m.guest.allPages()); yield m.sendState(); m.resumeAtDestination(); }\n');
      const text = `${GUEST.replace('technique: pre-copy', 'compare: [stop-and-copy, ./own.ts]')}world: both`;
      const cell = await runCell(await open('own', text), 0);
      const { runs, overview, remarks } = reportIn(cell);
      expect(runs.map(({ label, world }: { label: string; world?: string }) => `${label} ${world}`)).to.deep.equal([
        'stop-and-copy undefined', './own.ts undefined', 'stop-and-copy qemu',
      ]);
      expect(remarks.join('\n')).to.match(/^\.\/own\.ts could not be run on QEMU: .*simulator only/m);
      expect(overview.table.rows.map(([technique, world]: string[]) => `${technique} ${world}`)).to.deep.equal([
        'stop-and-copy simulator', './own.ts simulator', 'stop-and-copy QEMU', './own.ts QEMU',
      ]);
      expect(overview.table.rows[3].at(-1)).to.match(/^not made on QEMU: .*simulator only/);
      expect(cell.executionSummary?.success).to.equal(false);
    });

    it('ends at once when it is interrupted, and leaves no process behind', async () => {
      const before = (await processes()).length;
      const slow = GUEST.replace('1 Gbit/s', '8 Mbit/s');
      const notebook = await open('interrupted', `${slow}world: qemu`);
      const cell = notebook.cellAt(0);
      const starts = eventually(() => cell.outputs.length > 0, [vscode.workspace.onDidChangeNotebookDocument]);
      void startCell(notebook, 0);
      // The first progress: by then a QEMU is being started, or has been.
      await starts;
      const ended = eventually(() => cell.executionSummary?.timing !== undefined, [vscode.workspace.onDidChangeNotebookDocument]);
      await vscode.commands.executeCommand('notebook.cell.cancelExecution', { ranges: [{ start: 0, end: 1 }], document: notebook.uri });
      await ended;
      expect(cell.executionSummary?.success).to.equal(undefined);
      expect(cell.outputs).to.deep.equal([]);
      expect((await processes()).length).to.equal(before);
    });
  });
}

/** Node's modules, which the bundle for the browser must not contain. */
function node<T>(name: string): T {
  return (globalThis as unknown as { process: { getBuiltinModule(name: string): T } }).process.getBuiltinModule(name);
}

function run(file: string, args: string[]): Promise<{ stdout: string }> {
  const { execFile } = node<typeof childProcess>('node:child_process');
  return new Promise((resolve) => execFile(file, args, (_, stdout) => resolve({ stdout })));
}

function qemuVersion(): Promise<{ stdout: string }> {
  return run('qemu-system-x86_64', ['--version']);
}

/** The QEMUs that descend from this extension host; others on this computer are none of ours. */
async function processes(): Promise<string[]> {
  const { stdout } = await run('ps', ['-e', '-o', 'pid=,ppid=,comm=']);
  const rows = stdout.trim().split('\n').map((line) => line.trim().split(/\s+/));
  const ours = new Set([String(node<NodeJS.Process>('node:process').pid)]);
  for (let before = 0; before !== ours.size;) {
    before = ours.size;
    for (const [pid, parent] of rows) if (ours.has(parent!)) ours.add(pid!);
  }
  return rows.filter(([pid, , name]) => ours.has(pid!) && name!.startsWith('qemu')).map(([pid]) => pid!);
}
