// Runs test/integration inside an extension host: `node --import tsx scripts/host-tests.ts web|node`.
import { cp, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout } from './checkout';
import { openBrowser } from './hosts/browser';
import { startNodeHost } from './hosts/node-host';
import { startWebHost } from './hosts/web-host';

const limitSeconds = 480;

const [kind] = process.argv.slice(2);
if (kind !== 'web' && kind !== 'node') throw new Error('Say which extension host: web or node.');

/** Lines of the in-host reporter begin so; anything else is VS Code's own talk, shown only after a failure. */
const ours = /^LAB(TEST|NOTE) /;

const home = await mkdtemp(join(tmpdir(), 'lab-host-tests-'));
const folder = join(home, 'course');
await mkdir(folder);
if (await stat(join(checkout, 'dist/course')).catch(() => undefined)) {
  await cp(join(checkout, 'dist/course'), folder, { recursive: true });
}
const browser = await openBrowser();
const host = await (kind === 'web' ? startWebHost : startNodeHost)({ folder, extension: checkout, tests: true });
let code = 1;
const talk: string[] = [];
let results = 0;
try {
  const page = await browser.context.newPage();
  page.on('console', (message) => talk.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => talk.push(`pageerror: ${error.message}`));
  // VS Code calls these two by itself when it has been told of tests.
  await page.exposeFunction('codeAutomationLog', (_type: string, args: unknown[]) => {
    for (const line of args.map(String).join(' ').split('\n')) {
      if (!ours.test(line)) continue;
      if (line.startsWith('LABTEST ')) results += 1;
      console.log(line);
    }
  });
  const ended = new Promise<number>((exited) => {
    void page.exposeFunction('codeAutomationExit', (exitCode: number) => exited(exitCode));
  });
  await page.goto(host.url);
  code = await Promise.race([ended, timeLimit()]);
  if (code === 0 && results === 0) throw new Error('the run ended well, but no test had run');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  code = 1;
} finally {
  await browser.close();
  await host.close();
  await rm(home, { recursive: true, force: true });
}
if (code !== 0) {
  const log = join(checkout, `test/artifacts/host-tests-${kind}.log`);
  await mkdir(join(checkout, 'test/artifacts'), { recursive: true });
  await writeFile(log, talk.join('\n'));
  console.error(`What VS Code said is in ${log}`);
}
process.exit(code);

function timeLimit(): Promise<never> {
  return new Promise((_, late) => {
    setTimeout(() => late(new Error(`the tests in the ${kind} host did not end within ${limitSeconds} s`)),
      limitSeconds * 1000).unref();
  });
}
