import { expect } from 'chai';
import type { Journey } from './journey';

/** Opening the lab for the first time. */
export default {
  title: 'first light',
  async run(lab, step) {
    await step('the page opens and the explorer shows the course', async () => {
      await lab.open();
      await lab.item('05-five-techniques').waitFor();
      await lab.item('README.md').waitFor();
    });

    await step('a lesson opens as a notebook of the lab', async () => {
      await lab.openLesson('05-five-techniques', '05-five-techniques.vmlab.ipynb');
      const heading = await lab.prose('Five ways to move a running machine');
      expect(await heading.isVisible()).to.equal(true);
    });
    await lab.screenshot('lesson');
  },
} satisfies Journey;
