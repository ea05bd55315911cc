import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Journey } from './journey';
import { until } from './lab-page';

const experiment = [
  'guest: { memory: 64 MiB, workload: random, writes: 8 MiB/s, workingSet: 16 MiB }\n',
  'link: 400 Mbit/s\n',
  'preset: qemu\n',
  'compare: [pre-copy, post-copy]',
];

const notebook = {
  cells: [
    { cell_type: 'code', id: 'real', metadata: {}, execution_count: null, outputs: [], source: experiment },
  ],
  metadata: {},
  nbformat: 4,
  nbformat_minor: 5,
};

/** Somebody holds the simulator to a real migration. Where there is no QEMU, the lab says how to get it. */
export default {
  title: 'real machines',
  hosts: ['node'],
  async run(lab, step) {
    const { page } = lab;
    await step('an experiment says that it runs in the simulator', async () => {
      writeFileSync(join(lab.folder, 'real.vmlab.ipynb'), `${JSON.stringify(notebook, undefined, 1)}\n`);
      await lab.open();
      await lab.openLesson('real.vmlab.ipynb');
      await lab.cell('workload: random');
      await statusItem('Simulator').waitFor();
    });

    await step('QEMU beside it is chosen from a list, and written into the cell', async () => {
      await statusItem('Simulator').click();
      await page.getByRole('option', { name: /Simulator and QEMU/ }).click();
      await lab.cell('world: both');
      await statusItem('Simulator and QEMU').waitFor();
    });

    await step('the cell runs', async () => {
      await lab.run(await lab.cell('world: both'));
      // Two real migrations may take longer than anything else here: twice as patient.
      await lab.output('[role="img"]').catch(() => lab.output('[role="img"]'));
    });

    if (!isInstalled()) {
      await step('QEMU is not installed, and the cell says how to install it', async () => {
        await lab.bring(await lab.output('text=/not installed.*Install it with/'));
        await lab.screenshot('no-qemu');
      });
      return;
    }

    await step('both worlds are on each chart, by their names', async () => {
      const frame = await lab.frameWith('[role="img"]');
      const names = await frame.locator('[role="img"]').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
      expect(names[0]).to.match(/^Downtime: pre-copy, simulator [^;]+; pre-copy, QEMU [^;]+; post-copy, simulator /);
      expect(names.join('\n')).to.match(/Simulator: .*QEMU: /);
    });

    await step('the differences are in a table', async () => {
      const frame = await lab.frameWith('.differences');
      await frame.getByRole('row', { name: /^pre-copy\s+Downtime/ }).first().waitFor({ state: 'attached' });
      await lab.bring(await lab.cell('world: both'));
      await lab.screenshot('real-machines');
      await lab.bring(await lab.output('.over-time'));
      await lab.screenshot('real-machines-over-time');
    });

    await step('QEMU’s own words are behind a toggle', async () => {
      const frame = await lab.frameWith('.differences');
      await frame.locator('summary', { hasText: 'query-migrate' }).first().focus();
      await page.keyboard.press('Enter');
      await frame.locator('details[open] pre', { hasText: '"status": "completed"' }).first().waitFor({ state: 'attached' });
    });

    await step('all of it can be read in the dark, too', async () => {
      const cell = await lab.cell('world: both');
      await lab.bring(cell);
      // Keys that are pressed in an output's frame come to the palette late, and close it again.
      await cell.locator('.monaco-editor').first().click();
      await lab.command('Preferences: Toggle between Light/Dark Themes');
      const kind = () => page.locator('.monaco-workbench').first().getAttribute('class');
      await until('another theme', async () => (/\bvs-dark\b/.test((await kind()) ?? '') ? true : undefined));
      await lab.bring(await lab.cell('world: both'));
      await lab.screenshot('real-machines-dark');
      await lab.bring(await lab.output('.differences'));
      await lab.screenshot('real-machines-differences-dark');
      await lab.bring(await lab.output('.over-time'));
      await lab.screenshot('real-machines-over-time-dark');
    });

    function statusItem(text: string) {
      return lab.notebook.locator('.cell-status-item', { hasText: new RegExp(`${text}$`) }).first();
    }
  },
} satisfies Journey;

function isInstalled(): boolean {
  try {
    execFileSync('qemu-system-x86_64', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
