import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frame, Locator, Page } from 'playwright-core';
import type { HostKind } from '../../scripts/hosts/host';

/**
 * The lab as a person meets it: things are found by the names that a screen reader would say, or where VS Code gives none,
 * by its own classes. Everything waits for a sign on the screen or on the disk, never for time to pass.
 */
export class LabPage {
  constructor(
    readonly page: Page,
    readonly host: HostKind,
    /** The open folder on the disk: a fresh copy of the course. */
    readonly folder: string,
    private readonly url: string,
    private readonly shoot: (name: string, page: Page) => Promise<void>,
  ) {}

  /** Opens the page; done when the explorer shows the files and VS Code knows what the extension contributes. */
  async open(): Promise<void> {
    await this.page.goto(this.url);
    await this.page.locator('.monaco-workbench').waitFor();
    await this.explorer.getByRole('treeitem').first().waitFor();
    // Files opened before that would open as if the extension were not installed.
    await this.palette('Live Migration Lab: Open a Lesson');
    await this.page.keyboard.press('Escape');
  }

  get explorer(): Locator {
    return this.page.locator('.explorer-folders-view');
  }

  /** A file or folder in the explorer. */
  item(name: string): Locator {
    return this.explorer.getByRole('treeitem', { name: new RegExp(`^${escape(name)}(,| |$)`) });
  }

  /** Opens a file to stay, unfolding the folders on the way: `openFile('05-five-techniques', 'strategies', 'hybrid.ts')`. */
  async openFile(...path: string[]): Promise<void> {
    const file = path.at(-1)!;
    for (const name of path.slice(0, -1)) {
      const folder = this.item(name);
      if (await folder.getAttribute('aria-expanded') !== 'true') await folder.click();
      await folder.and(this.page.locator('[aria-expanded="true"]')).waitFor();
    }
    await this.item(file).dblclick();
    await this.tab(file).waitFor();
  }

  tab(file: string): Locator {
    return this.page.getByRole('tab', { name: new RegExp(`^${escape(file)}`) });
  }

  /** Opens a lesson; done when its cells and its kernel show. */
  async openLesson(...path: string[]): Promise<void> {
    await this.openFile(...path);
    const trust = this.page.getByRole('dialog').getByRole('button', { name: 'Open Notebook' });
    const cells = this.notebook.locator('.monaco-list-row').first();
    // Not "visible": a text cell's row is only the place for what a frame above it shows.
    const shown = cells.waitFor({ state: 'attached' });
    await Promise.race([shown, trust.waitFor().catch(() => shown)]);
    // Only the browser's own VS Code asks, once for each notebook.
    if (await trust.isVisible()) await trust.click();
    await shown;
    await this.page.locator('.notebook-toolbar-container .kernel-label', { hasText: 'VM Lab' }).waitFor();
    // A second click that the dialog has swallowed did not make the tab stay.
    await this.tab(path.at(-1)!).dblclick();
  }

  get notebook(): Locator {
    return this.page.locator('.notebookOverlay:visible');
  }

  /** The code cell whose text contains `text`, scrolled into view; cells outside it do not exist in the page. */
  async cell(text: string): Promise<Locator> {
    const target = this.notebook.locator('.code-cell-row', { hasText: text }).first();
    return this.reveal(`a code cell with "${text}"`, async () => (await target.isVisible() ? target : undefined));
  }

  /** The rendered words of a text cell that contain `text`, scrolled into view. They are in a frame, not in the list. */
  async prose(text: string): Promise<Locator> {
    const { y, height } = (await this.notebook.boundingBox())!;
    return this.reveal(`a text cell with "${text}"`, async () => {
      for (const frame of this.page.frames().slice(1)) {
        const found = frame.getByText(text).first();
        const box = await found.boundingBox({ timeout: 500 }).catch(() => null);
        if (box && box.y > y && box.y + box.height < y + height) return found;
      }
      return undefined;
    });
  }

  private async reveal(what: string, look: () => Promise<Locator | undefined>): Promise<Locator> {
    const list = this.notebook.locator('.cell-list-container');
    const { x, y, height } = (await list.boundingBox())!;
    // At the left margin, where the wheel moves the list and nothing in it.
    await this.page.mouse.move(x + 4, y + height / 2);
    const here = await look();
    if (here) return here;
    await this.page.mouse.wheel(0, -1_000_000);
    await this.painted();
    for (let before: number | undefined, at = await this.scrollPosition(); at !== before;) {
      const found = await look();
      if (found) return found;
      await this.page.mouse.wheel(0, 0.75 * height);
      await this.painted();
      [before, at] = [at, await this.scrollPosition()];
    }
    throw new Error(`the notebook does not have ${what}`);
  }

  /**
   * Scrolls the notebook until the top of `target`, which may be in an output's frame, is near the top of what one sees,
   * or as near as the notebook's end allows.
   */
  async bring(target: Locator): Promise<void> {
    await until('the notebook to scroll there', async () => {
      const area = (await this.notebook.boundingBox())!;
      const top = ((await target.boundingBox())?.y ?? area.y + area.height) - area.y;
      if (top > 20 && top < area.height / 4) return true;
      const before = await this.scrollPosition();
      await this.scroll(top - 60);
      return (await this.scrollPosition()) === before && top > 20 && top < area.height ? true : undefined;
    });
  }

  /** Scrolls the notebook by so many pixels, as with the wheel. */
  async scroll(pixels: number): Promise<void> {
    const { x, y, height } = (await this.notebook.locator('.cell-list-container').boundingBox())!;
    await this.page.mouse.move(x + 4, y + height / 2);
    await this.page.mouse.wheel(0, pixels);
    await this.painted();
  }

  private async scrollPosition(): Promise<number> {
    const top = await this.notebook.locator('.cell-list-container .monaco-list-rows').first()
      .evaluate((rows) => rows.getBoundingClientRect().top);
    return Math.round(top);
  }

  /** Two frames: what an input event has changed is on the screen by then. */
  private async painted(): Promise<void> {
    await this.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  }

  /** Runs a cell by its button; what shows that it has run is the caller's to await. */
  async run(cell: Locator): Promise<void> {
    await this.bring(cell);
    await cell.hover();
    await cell.locator('.run-button-container').getByRole('button').first().click();
  }

  /** Puts `text` in the place of what a cell says. */
  async write(cell: Locator, text: string): Promise<void> {
    await this.bring(cell);
    const editor = cell.locator('.monaco-editor').first();
    await editor.click();
    await until('the whole cell to be selected', async () => {
      await this.page.keyboard.press('ControlOrMeta+a');
      // A key that comes before the editor has the focus selects nothing.
      return editor.locator('.selected-text').first().waitFor({ timeout: 2000 }).then(() => true, () => undefined);
    });
    // Inserted as one input, so that no closing bracket or indent is added by the editor.
    await this.page.keyboard.insertText(text);
  }

  /** The element that `selector` finds in an output. Outputs are in nested frames, which come and go. */
  async output(selector: string): Promise<Locator> {
    return (await this.frameWith(selector)).locator(selector).first();
  }

  async frameWith(selector: string): Promise<Frame> {
    return until(`an output with ${selector}`, async () => {
      for (const frame of this.page.frames().slice(1)) {
        if (await frame.locator(selector).count().catch(() => 0) > 0) return frame;
      }
      return undefined;
    });
  }

  /** Runs a command of the palette, by its title as shown there. */
  async command(title: string): Promise<void> {
    await this.palette(title);
    await this.page.keyboard.press('Enter');
  }

  /** Opens the palette at a command; tries again until VS Code knows the command. */
  private async palette(title: string): Promise<void> {
    const box = this.page.locator('.quick-input-widget');
    const row = box.getByRole('option', { name: title }).first();
    await until(`the command ${title}`, async () => {
      await this.page.keyboard.press('F1');
      await box.getByRole('textbox').or(box.getByRole('combobox')).first().fill(`>${title}`);
      const found = await row.waitFor({ timeout: 2000 }).then(() => true, () => undefined);
      if (!found) await this.page.keyboard.press('Escape');
      return found;
    });
  }

  /** A CodeLens above the code of the open editor. */
  codeLens(title: string): Locator {
    return this.page.locator('.editor-instance:visible .codelens-decoration a', { hasText: title }).first();
  }

  /** The open text editor. */
  get editor(): Locator {
    return this.page.locator('.editor-instance:visible .monaco-editor').first();
  }

  /**
   * Gives a file that is open in an editor another text, from outside, as another program would; done when the editor
   * shows it. (Typed, each line would be indented by the editor's own rules.)
   */
  async replaceText(text: string, ...path: string[]): Promise<void> {
    const wanted = squeezed(text);
    let written = -Infinity;
    await until(`the new text of ${path.at(-1)} in the editor`, async () => {
      // The editor may be there before the watcher of files is: what was written in between, nobody notices.
      if (performance.now() - written > 5000) {
        await writeFile(join(this.folder, ...path), text);
        written = performance.now();
      }
      const shown = await this.editor.locator('.view-line').allInnerTexts();
      return squeezed(shown.join('\n')) === wanted || undefined;
    });
  }

  /** The content of a file of the folder, once it is as wanted. */
  async file(path: string[], wanted: (content: string) => boolean): Promise<string> {
    return until(`${path.join('/')} on the disk`, async () => {
      const content = await readFile(join(this.folder, ...path), 'utf8').catch(() => undefined);
      return content !== undefined && wanted(content) ? content : undefined;
    });
  }

  /** A picture for people: of the README if it is one of those, else for looking into failures. */
  async screenshot(name: string): Promise<void> {
    await this.shoot(name, this.page);
  }
}

/** Asks again until there is an answer; fails after 45 s, saying what was missing. */
export async function until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const end = performance.now() + 45_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((next) => { setTimeout(next, 50); });
  }
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Without white space: the editor shows its lines in no particular order of the page and with spaces of its own. */
const squeezed = (text: string): string => [...text.replace(/\s/g, '')].sort().join('');
