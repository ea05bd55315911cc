import { expect } from 'chai';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Folder } from '../../../scripts/server/folder';
import { serve } from '../../../scripts/server/server';
import { type Change, changed, created, deleted, FolderWatch } from '../../../scripts/server/watch';

describe('watching the folder', () => {
  let folder: string;
  let close: () => Promise<void> | void;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lab-watch-'));
    writeFileSync(join(folder, 'a.txt'), 'a');
    mkdirSync(join(folder, 'sub'));
    writeFileSync(join(folder, 'sub/b.txt'), 'b');
  });

  afterEach(async () => {
    await close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(tell: (changes: Change[]) => void): Promise<void> {
    const watch = await FolderWatch.start(folder, tell);
    close = () => watch.close();
  }

  /** Collects changes; `until` resolves once a change of that kind has been told. */
  function listener(): {
    tell: (changes: Change[]) => void; seen: Change[]; until: (type: number, path: string) => Promise<void>;
  } {
    const seen: Change[] = [];
    let check = (): void => undefined;
    return {
      seen,
      tell: (changes) => {
        seen.push(...changes);
        check();
      },
      until: (type, path) => new Promise((found) => {
        check = () => {
          if (seen.some((change) => change.type === type && change.path === path)) found();
        };
        check();
      }),
    };
  }

  it('tells what is created, changed and deleted', async () => {
    const { tell, until, seen } = listener();
    await start(tell);
    expect(seen).to.deep.equal([]);
    writeFileSync(join(folder, 'new.txt'), 'new');
    await until(created, 'new.txt');
    writeFileSync(join(folder, 'sub/b.txt'), 'longer');
    await until(changed, 'sub/b.txt');
    rmSync(join(folder, 'a.txt'));
    await until(deleted, 'a.txt');
  });

  it('follows directories that come and go', async () => {
    const { tell, until } = listener();
    await start(tell);
    mkdirSync(join(folder, 'deep/er'), { recursive: true });
    writeFileSync(join(folder, 'deep/er/c.txt'), 'c');
    await until(created, 'deep/er/c.txt');
    writeFileSync(join(folder, 'deep/er/c.txt'), 'changed');
    await until(changed, 'deep/er/c.txt');
    rmSync(join(folder, 'deep'), { recursive: true });
    await until(deleted, 'deep/er/c.txt');
    await until(deleted, 'deep');
    mkdirSync(join(folder, 'deep'));
    await until(created, 'deep');
  });

  it('calls a replaced file changed, and says nothing of its draft', async () => {
    const { tell, until, seen } = listener();
    await start(tell);
    const opened = await Folder.open(folder);
    await opened.write(['a.txt'], Buffer.from('written by the page'), { create: false, overwrite: true });
    await until(changed, 'a.txt');
    expect(seen.map(({ path }) => path)).to.deep.equal(['a.txt']);
    expect(seen.map(({ type }) => type)).not.to.include(created).and.not.to.include(deleted);
  });

  it('reaches the page as events', async () => {
    const server = await serve({ folder, extension: folder, vscode: folder, labfs: folder, port: 0 });
    close = server.close;
    const { tell, until } = listener();
    await new Promise<void>((watching, failed) => {
      const headers = { Host: `lab.localhost:${server.port}`, Origin: `http://v--0.lab.localhost:${server.port}` };
      get({ host: '127.0.0.1', port: server.port, path: `${server.diskPath}/watch`, headers }, (response) => {
        expect(response.headers['content-type']).to.equal('text/event-stream');
        response.setEncoding('utf8').on('data', (text: string) => {
          watching();
          for (const [, json] of text.matchAll(/^data: (.*)$/gm)) tell(JSON.parse(json!) as Change[]);
        });
        response.on('error', () => undefined);
      }).on('error', failed);
    });
    writeFileSync(join(folder, 'sub/new.txt'), 'new');
    await until(created, 'sub/new.txt');
  });
});
