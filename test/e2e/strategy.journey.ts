import { expect } from 'chai';
import type { Journey } from './journey';
import { until } from './lab-page';

const question = '05-five-techniques';
const file = [question, 'strategies', 'pre-copy.ts'];

const head = "import type { Migration } from 'live-migration-lab';\n\nexport default function* preCopy(m: Migration) {\n";
/** Clears the dirty bits after the page was sent, and forgets what they said: the classic mistake. */
const wrong = `${head}  yield m.send(m.guest.allPages());
  m.pause();
  m.syncDirty();
  yield m.sendState();
  m.resumeAtDestination();
}
`;
const right = `${head}  let pages = m.guest.allPages();
  for (let round = 1; round <= m.maxRounds; round++) {
    yield m.send(pages);
    pages = m.syncDirty();
    if (m.secondsToSend(pages) <= m.downtimeLimit) break;
  }
  m.pause();
  yield m.send(pages.union(m.syncDirty()));
  yield m.sendState();
  m.resumeAtDestination();
}
`;

/** A student writes a strategy and has it checked. */
export default {
  title: 'a strategy',
  async run(lab, step) {
    const { page } = lab;
    await step('the strategy opens in the editor', async () => {
      await lab.open();
      await lab.openFile(...file);
    });

    await step('TypeScript knows the API: an error where a verb is misspelt', async () => {
      await lab.replaceText(wrong.replace('m.pause()', 'm.paws()'), ...file);
      await page.locator('.editor-instance .squiggly-error').first().waitFor();
    });

    await step('completion offers the verbs', async () => {
      // The list shows a dozen of the verbs at a time: two letters bring the one up that is looked for.
      await lab.replaceText(`${head}  m.re\n}\n`, ...file);
      await lab.editor.locator('.view-lines').click();
      await page.keyboard.press('ControlOrMeta+Home');
      for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'End']) await page.keyboard.press(key);
      await until('completion', async () => {
        await page.keyboard.press('Control+Space');
        const offered = page.locator('.suggest-widget .monaco-list-row', { hasText: 'resumeAtDestination' }).first();
        return offered.waitFor({ timeout: 3000 }).then(() => true, () => undefined);
      });
      await page.keyboard.press('Escape');
    });

    await step('hover explains a verb', async () => {
      await lab.replaceText(wrong, ...file);
      const verb = page.locator('.editor-instance .view-line span', { hasText: /^syncDirty$/ }).first();
      await until('the hover', async () => {
        await verb.hover();
        const hover = page.locator('.monaco-hover', { hasText: 'Read the dirty bitmap and clear it' }).first();
        return hover.waitFor({ timeout: 3000 }).then(() => true, () => undefined);
      });
      await page.keyboard.press('Escape');
      await page.mouse.move(0, 0);
    });

    await step('Check above the function says what is wrong, at the line that did it', async () => {
      await lab.codeLens('Check').click();
      await page.locator('.editor-instance .squiggly-error, .editor-instance .squiggly-warning').first().waitFor();
      await page.getByText(/0 of 3 workloads passed/).first().waitFor();
    });
    await lab.screenshot('check');

    await step('the mistake corrected, it passes', async () => {
      await lab.replaceText(right, ...file);
      await lab.command('Live Migration Lab: Check Strategy');
      await page.getByText(/All 3 workloads passed/).first().waitFor();
      expect(await page.locator('.editor-instance .squiggly-error').count()).to.equal(0);
    });

    await step('the notebook comes to the same verdict', async () => {
      await lab.openLesson(question, `${question}.vmlab.ipynb`);
      await lab.run(await lab.cell('check: ./strategies/pre-copy.ts'));
      const verdict = await lab.frameWith('text=All 3 workloads passed');
      expect(await verdict.locator('text=3 of 3 points').count()).to.be.above(0);
    });
    await lab.bring(await lab.cell('check: ./strategies/pre-copy.ts'));
    await lab.screenshot('verdict');
  },
} satisfies Journey;
