import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Journey } from './journey';

/** The folder in VS Code and the folder on the disk are one. */
export default {
  title: 'files',
  async run(lab, step) {
    const { page } = lab;
    const quickInput = page.locator('.quick-input-widget');

    await step('the page opens', () => lab.open());

    await step('go to file finds a strategy by a part of its name', async () => {
      await page.keyboard.press('ControlOrMeta+p');
      await quickInput.locator('.quick-input-box input').fill('hybr');
      await quickInput.getByRole('option', { name: 'hybrid.ts' }).first().waitFor();
      await page.keyboard.press('Enter');
      await lab.tab('hybrid.ts').waitFor();
    });

    await step('what is typed and saved is on the disk', async () => {
      await lab.editor.locator('.view-lines').click();
      await page.keyboard.press('ControlOrMeta+End');
      await page.keyboard.insertText('\n// typed in the page\n');
      await page.keyboard.press('ControlOrMeta+s');
      await lab.file(['05-five-techniques', 'strategies', 'hybrid.ts'], (text) => text.includes('// typed in the page'));
    });

    await step('the search view finds it', async () => {
      await lab.command('Search: Find in Files');
      const view = page.locator('.search-view');
      await view.getByRole('textbox', { name: /^Search/ }).first().fill('typed in the page');
      await page.keyboard.press('Enter');
      await view.getByRole('treeitem', { name: /typed in the page/ }).first().waitFor();
    });

    await step('a file that another program makes and deletes comes and goes in the explorer', async () => {
      await lab.command('View: Show Explorer');
      const path = join(lab.folder, 'from-outside.txt');
      await writeFile(path, 'from outside');
      await lab.item('from-outside.txt').waitFor();
      await rm(path);
      await lab.item('from-outside.txt').waitFor({ state: 'hidden' });
    });
  },
} satisfies Journey;
