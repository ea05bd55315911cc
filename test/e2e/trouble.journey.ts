import { expect } from 'chai';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Journey } from './journey';
import { until } from './lab-page';

/** What happens when something is broken, or when there is no mouse. */
export default {
  title: 'trouble',
  async run(lab, step) {
    const { page } = lab;
    const corrupt = '{ "cells": [\n  { "cell_type": "markdown" "source": [] }\n] }\n';

    await step('a corrupt notebook says what is wrong and where', async () => {
      writeFileSync(join(lab.folder, 'corrupt.vmlab.ipynb'), corrupt);
      await lab.open();
      // One click: with a second one VS Code opens it, and complains, twice, the second time whenever it gets to it.
      await lab.item('corrupt.vmlab.ipynb').click();
      const trust = page.getByRole('button', { name: 'Open Notebook' });
      const dialog = page.getByRole('dialog', { name: /corrupt\.vmlab\.ipynb|Line 2/ });
      await Promise.race([dialog.first().waitFor(), trust.waitFor().then(() => trust.click()).catch(() => undefined)]);
      await page.getByText(/Line 2, column 29/).first().waitFor();
      await lab.screenshot('corrupt');
    });

    await step('its text can be looked at, and the file is untouched', async () => {
      await until('the text editor', async () => {
        const button = page.getByRole('button', { name: 'Open in Text Editor' }).first();
        if (await button.isVisible()) await button.click();
        return (await lab.editor.isVisible()) || undefined;
      });
      await lab.editor.locator('.view-line', { hasText: 'cell_type' }).first().waitFor();
      expect(await lab.file(['corrupt.vmlab.ipynb'], () => true)).to.equal(corrupt);
    });

    await step('an experiment can be run with the keyboard alone', async () => {
      await lab.openLesson('05-five-techniques', '05-five-techniques.vmlab.ipynb');
      const cell = await lab.cell('technique: stop-and-copy');
      await lab.bring(cell);
      await cell.locator('.monaco-editor').first().click();
      await page.keyboard.press('Control+Enter');
      const chart = await lab.output('[role="img"]');
      expect(await chart.getAttribute('aria-label')).to.match(/^Stop-and-copy has no live round/);
      // Without a binding of ours the key would have broken the line.
      const lines = await (await lab.cell('technique: stop-and-copy')).locator('.view-line').count();
      expect(lines).to.equal(3);
    });
  },
} satisfies Journey;
