import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Journey } from './journey';

const axe = readFileSync(createRequire(`${process.cwd()}/package.json`).resolve('axe-core/axe.min.js'), 'utf8');
const lesson = ['05-five-techniques', '05-five-techniques.vmlab.ipynb'];

/** A student predicts, runs an experiment and reads its charts. */
export default {
  title: 'an experiment',
  async run(lab, step) {
    await step('the lesson opens', async () => {
      await lab.open();
      await lab.openLesson(...lesson);
    });

    await step('a prediction is taken down and compared with what happens', async () => {
      await lab.write(await lab.cell('# one of stop-and-copy, demand-paging, post-copy, pre-copy, hybrid'), 'answer: post-copy');
      await lab.run(await lab.cell('answer: post-copy'));
      await lab.frameWith('text=/predict/i');
      await lab.file(lesson, (content) => content.includes('"locked"'));
    });

    await step('its experiment runs, and shows charts whose names state the finding', async () => {
      await lab.scroll(550); // VS Code draws what is in view
      const chart = await lab.output('[role="img"]');
      expect(await chart.getAttribute('aria-label')).to.match(/^Downtime: stop-and-copy 8\.6/);
    });

    await step('the result is on the disk, with words for those who have no renderer', async () => {
      const text = await lab.file(lesson, (content) => content.includes('application/vnd.vmlab.report+json'));
      expect(text).to.include('text/markdown').and.include('text/plain');
    });

    await step('behind each chart is a table, which the keyboard unfolds', async () => {
      const frame = await lab.frameWith('details summary');
      await frame.locator('summary', { hasText: 'Figures as a table' }).first().focus();
      await lab.page.keyboard.press('Enter');
      await frame.locator('details[open] table', { hasText: /Downtime[^]*stop-and-copy/ }).first().waitFor({ state: 'attached' });
    });
    await lab.bring(await lab.cell('reads: 64 MiB/s'));
    await lab.screenshot('experiment');

    await step('the output has no accessibility violation', async () => {
      const frame = await lab.frameWith('details summary');
      await frame.evaluate(axe);
      const violations = await frame.evaluate(async () => {
        const results = await (globalThis as never as { axe: { run(node: string): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }).axe.run('body');
        return results.violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html.slice(0, 200)}`);
      });
      // The frame belongs to VS Code: it has neither a title, a language, landmarks nor headings of its own.
      const ours = violations.filter((line) => !/^(document-title|html-has-lang|region|page-has-heading-one|landmark)/.test(line));
      expect(ours).to.deep.equal([]);
    });

    await step('a mistake in an experiment is marked at its place', async () => {
      await lab.write(await lab.cell('workload: idle'), 'guest: { memry: 1 GiB }');
      await lab.notebook.locator('.squiggly-error').first().waitFor();
      await lab.command('View: Toggle Problems');
      await lab.page.getByText('`memry` is not a key of `guest`. Did you mean `memory`?').first().waitFor();
    });
  },
} satisfies Journey;
