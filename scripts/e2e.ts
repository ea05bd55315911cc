// The journeys of test/e2e: `node --import tsx scripts/e2e.ts web|node [options] [words of a journey's title]`.
//   --packaged     the extension as unpacked by `package.ts --check`, else the checkout as last built
//   --screenshots  also renew the README's pictures in media/screenshots
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { LabPage } from '../test/e2e/lab-page';
import type { Journey } from '../test/e2e/journey';
import { checkout } from './checkout';
import { openBrowser } from './hosts/browser';
import { isLocal, type HostKind } from './hosts/host';
import { startNodeHost } from './hosts/node-host';
import { startWebHost } from './hosts/web-host';

const { values: options, positionals: [kind, ...words] } = parseArgs({
  allowPositionals: true,
  options: { packaged: { type: 'boolean' }, screenshots: { type: 'boolean' } },
});
if (kind !== 'web' && kind !== 'node') throw new Error('Say which extension host: web or node.');

const extension = options.packaged ? join(checkout, 'test/artifacts/vsix/extension') : checkout;
if (!existsSync(join(extension, 'dist/course'))) {
  throw new Error(`${extension} is not there yet: run ${options.packaged ? 'npm run package -- --check' : 'npm run build'} first.`);
}
const artifacts = join(checkout, 'test/artifacts', `e2e-${kind}`);
await rm(artifacts, { recursive: true, force: true });
await mkdir(artifacts, { recursive: true });

/** Those that the README shows. */
const pictures = join(checkout, 'media/screenshots');

/** Complaints of VS Code that say nothing about the lab. */
const harmless = /package\.nls(\.\w+)?\.json|Long running operations during shutdown|authentication provider 'github'|no watcher found for/;

/** A step has failed, and has been reported. */
class Failed extends Error {}

let failed = 0;
for (const journey of await journeys()) await travel(journey, kind);
process.exit(failed === 0 ? 0 : 1);

async function journeys(): Promise<Journey[]> {
  const folder = join(checkout, 'test/e2e');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.journey.ts')).sort();
  const all = await Promise.all(names.map(async (name): Promise<Journey> => {
    return (await import(pathToFileURL(join(folder, name)).href)).default;
  }));
  return all.filter(({ title, hosts }) => (!hosts || hosts.includes(kind as HostKind)) && title.includes(words.join(' ')));
}

async function travel(journey: Journey, host: HostKind): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'lab-e2e-'));
  const folder = join(home, 'course');
  await cp(join(extension, 'dist/course'), folder, { recursive: true });
  const running = await (host === 'web' ? startWebHost : startNodeHost)({ folder, extension, tests: false });
  const browser = await openBrowser();
  const offsite: string[] = [];
  const complaints: string[] = [];
  const said: string[] = [];
  browser.context.on('request', (request) => {
    if (!isLocal(request.url())) offsite.push(request.url());
  });
  const page = await browser.context.newPage();
  page.setDefaultTimeout(45_000);
  page.on('pageerror', (error) => said.push(`pageerror: ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    const line = `${message.type()}: ${message.text()} (${message.location().url})`;
    said.push(line);
    if (message.type() === 'error' && concernsUs(line)) complaints.push(line);
  });
  const lab = new LabPage(page, host, folder, running.url, shoot);
  const step = async (title: string, run: () => Promise<void>): Promise<void> => {
    const start = performance.now();
    try {
      await run();
      report(journey, title, start);
    } catch (error) {
      report(journey, title, start, error);
      throw new Failed();
    }
  };
  try {
    await journey.run(lab, step);
    await step('nothing was asked of the internet', () => nothingIn(offsite));
    await step('nobody complained about the lab on the console', () => nothingIn(complaints));
  } catch (error) {
    if (!(error instanceof Failed)) report(journey, 'between the steps', performance.now(), error);
    const name = journey.title.replaceAll(/\W+/g, '-');
    await page.screenshot({ path: join(artifacts, `${name}-failed.png`) }).catch(() => undefined);
    await writeFile(join(artifacts, `${name}.log`), said.join('\n'));
    console.error(`  A picture and what VS Code said are in ${artifacts}`);
  } finally {
    await browser.close();
    await running.close();
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

function concernsUs(line: string): boolean {
  return /vmlab|ext\/lab|live-migration-lab|Content Security Policy/i.test(line) && !harmless.test(line);
}

async function nothingIn(list: string[]): Promise<void> {
  if (list.length > 0) throw new Error([...new Set(list)].join('\n'));
}

function report(journey: Journey, step: string, start: number, error?: unknown): void {
  if (error !== undefined) failed += 1;
  console.log(`LABTEST ${JSON.stringify({
    title: `${journey.title}: ${step}`,
    state: error === undefined ? 'passed' : 'failed',
    milliseconds: Math.round(performance.now() - start),
    error: error === undefined ? undefined : String((error as Error).stack ?? error),
  })}`);
}

async function shoot(name: string, page: Page): Promise<void> {
  await page.screenshot({ path: join(artifacts, `${name}.png`) });
  if (!options.screenshots || kind !== 'web' || !shownInReadme(name)) return;
  await mkdir(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

function shownInReadme(name: string): boolean {
  return readFileSync(join(checkout, 'README.md'), 'utf8').includes(`media/screenshots/${name}.png`);
}
