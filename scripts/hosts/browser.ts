import { chromium, type BrowserContext } from 'playwright-core';
import { findChromium } from '../bare/chromium.mjs';

export interface Browser {
  context: BrowserContext;
  close(): Promise<void>;
}

/** A fresh Chromium without a window. Root inside a container has no sandbox of its own, hence the flag. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('No Chromium found: install one, or set CHROME_PATH.');
  const browser = await chromium.launch({
    executablePath,
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update', '--no-first-run',
    ],
  });
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  return { context, close: () => browser.close() };
}
