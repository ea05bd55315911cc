import { expect } from 'chai';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { largestBody } from '../../../scripts/server/files';
import { serve, type Server } from '../../../scripts/server/server';

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

describe('the server of npm start', () => {
  let home: string;
  let folder: string;
  let server: Server;

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'lab-server-'));
    folder = join(home, 'course');
    mkdirSync(join(folder, 'sub'), { recursive: true });
    writeFileSync(join(folder, 'a.txt'), 'inside');
    writeFileSync(join(folder, 'sub/b.txt'), 'deeper');
    mkdirSync(join(home, 'private'));
    writeFileSync(join(home, 'private/secret.txt'), 'secret');
    const extension = join(home, 'extension');
    for (const name of ['dist', 'media', 'src']) mkdirSync(join(extension, name), { recursive: true });
    writeFileSync(join(extension, 'package.json'), '{"name":"lab"}');
    writeFileSync(join(extension, 'dist/extension.web.js'), 'web');
    writeFileSync(join(extension, 'src/private.ts'), 'source');
    const vscode = join(home, 'vscode');
    const frame = join(vscode, 'out/vs/workbench/services/extensions/worker');
    mkdirSync(frame, { recursive: true });
    writeFileSync(join(frame, 'webWorkerExtensionHostIframe.html'), '<meta content="script-src http://localhost:*">');
    const labfs = join(home, 'labfs');
    mkdirSync(labfs);
    writeFileSync(join(labfs, 'package.json'), '{"name":"labfs"}');
    server = await serve({ folder, extension, vscode, labfs, port: 0 });
  });

  afterEach(async () => {
    await server.close();
    rmSync(home, { recursive: true, force: true });
  });

  const page = (): string => `http://lab.localhost:${server.port}`;
  const extensionHost = (): string => `http://v--0a1b.lab.localhost:${server.port}`;

  /** Sends `path` as it stands: nothing in it is normalised on the way. */
  function ask(path: string, options: {
    method?: string; host?: string; origin?: string | null; body?: string | Buffer; headers?: Record<string, string>;
  } = {}): Promise<Answer> {
    const { method = 'GET', host = `lab.localhost:${server.port}`, origin = extensionHost(), body, headers } = options;
    return new Promise((done, failed) => {
      const request = httpRequest({
        host: '127.0.0.1', port: server.port, path, method,
        headers: { Host: host, ...(origin === null ? {} : { Origin: origin }), ...headers },
      }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => done({
          status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString(),
        }));
      });
      request.on('error', failed);
      request.end(body);
    });
  }

  const file = (path: string, options?: Parameters<typeof ask>[1]): Promise<Answer> =>
    ask(`${server.diskPath}/fs/${path}`, options);
  const write = (path: string, body: string, flags = '?create&overwrite'): Promise<Answer> =>
    file(`${path}${flags}`, { method: 'PUT', body });

  describe('files', () => {
    it('reads, describes and lists', async () => {
      expect((await file('a.txt')).text).to.equal('inside');
      expect(JSON.parse((await file('a.txt?stat')).text)).to.include({ type: 1, size: 6 });
      expect(JSON.parse((await file('sub?stat')).text)).to.include({ type: 2 });
      expect(JSON.parse((await file('?readdir')).text)).to.have.deep.members([
        { name: 'a.txt', type: 1 }, { name: 'sub', type: 2 },
      ]);
      expect(JSON.parse((await file('?files')).text)).to.have.members(['a.txt', 'sub/b.txt']);
    });

    it('writes a file in one step and leaves no draft', async () => {
      expect((await write('a.txt', 'changed')).status).to.equal(204);
      expect(readFileSync(join(folder, 'a.txt'), 'utf8')).to.equal('changed');
      expect((await write('new/deep/c.txt', 'new')).status).to.equal(204);
      expect(readFileSync(join(folder, 'new/deep/c.txt'), 'utf8')).to.equal('new');
      expect(readdirSync(folder)).to.have.members(['a.txt', 'new', 'sub']);
    });

    it('writes names that have to be encoded', async () => {
      const name = 'ä %41 #?&+.txt';
      expect((await write(encodeURIComponent(name), 'odd')).status).to.equal(204);
      expect(readFileSync(join(folder, name), 'utf8')).to.equal('odd');
      expect((await file(encodeURIComponent(name))).text).to.equal('odd');
    });

    it('creates and overwrites only when asked to', async () => {
      expect((await write('a.txt', 'x', '?create')).headers['x-error']).to.equal('FileExists');
      expect((await write('none.txt', 'x', '?overwrite')).headers['x-error']).to.equal('FileNotFound');
      expect((await write('sub', 'x')).headers['x-error']).to.equal('FileIsADirectory');
      expect(readFileSync(join(folder, 'a.txt'), 'utf8')).to.equal('inside');
    });

    it('makes, renames and deletes', async () => {
      expect((await file('made?mkdir', { method: 'POST' })).status).to.equal(204);
      expect((await file('made?mkdir', { method: 'POST' })).headers['x-error']).to.equal('FileExists');
      expect((await file('a.txt?rename=made%2Fz.txt', { method: 'POST' })).status).to.equal(204);
      expect(readFileSync(join(folder, 'made/z.txt'), 'utf8')).to.equal('inside');
      expect((await file('sub/b.txt?rename=made%2Fz.txt', { method: 'POST' })).headers['x-error']).to.equal('FileExists');
      expect((await file('made', { method: 'DELETE' })).status).to.equal(409);
      expect((await file('made?recursive', { method: 'DELETE' })).status).to.equal(204);
      expect(readdirSync(folder)).to.deep.equal(['sub']);
    });

    it('does not move a folder into itself, nor rename onto itself with loss', async () => {
      expect((await file('sub?rename=sub%2Finner&overwrite', { method: 'POST' })).status).to.equal(409);
      expect((await file('sub/b.txt?rename=sub&overwrite', { method: 'POST' })).status).to.equal(409);
      expect((await file('a.txt?rename=a.txt&overwrite', { method: 'POST' })).status).to.equal(204);
      expect(readFileSync(join(folder, 'sub/b.txt'), 'utf8')).to.equal('deeper');
      expect(readFileSync(join(folder, 'a.txt'), 'utf8')).to.equal('inside');
    });

    it('says what is missing or in the way', async () => {
      expect((await file('none.txt')).headers['x-error']).to.equal('FileNotFound');
      expect((await file('a.txt/below')).headers['x-error']).to.equal('FileNotFound');
      expect((await file('a.txt?readdir')).headers['x-error']).to.equal('FileNotADirectory');
      expect((await file('sub')).headers['x-error']).to.equal('FileIsADirectory');
      expect((await file('none.txt', { method: 'DELETE' })).headers['x-error']).to.equal('FileNotFound');
      expect((await file('?recursive', { method: 'DELETE' })).status).to.equal(403);
      expect((await file('%zz')).status).to.equal(400);
    });
  });

  describe('stays inside the folder', () => {
    const ways = [
      '../private/secret.txt', 'sub/../../private/secret.txt', '%2e%2e/private/secret.txt', '%2E%2E/private/secret.txt',
      '.%2e/private/secret.txt', '..%2fprivate%2fsecret.txt', '%2e%2e%2fprivate%2fsecret.txt', 'sub%2f..%2f..%2fprivate',
      '/etc/passwd', '%2fetc%2fpasswd', '..', '%2e%2e', './a.txt', 'sub//b.txt', 'a.txt%00', '..%5cprivate%5csecret.txt',
    ];
    for (const way of ways) {
      it(`refuses ${way}`, async () => {
        for (const path of [way, `${way}?stat`, `${way}?readdir`, `${way}?files`]) {
          const { status, text } = await file(path);
          expect(status, path).to.be.oneOf([400, 403, 404]);
          expect(text).not.to.contain('secret\n').and.not.to.equal('secret');
        }
        expect((await write(way, 'overwritten')).status).to.be.oneOf([204, 400, 403, 404]);
        expect((await file(`a.txt?rename=${encodeURIComponent(decodeURIComponent(way))}&overwrite`, { method: 'POST' })).status)
          .to.be.oneOf([204, 400, 403, 404, 409]);
        await file(`${way}?recursive`, { method: 'DELETE' });
        expect(readFileSync(join(home, 'private/secret.txt'), 'utf8')).to.equal('secret');
        expect(readdirSync(home)).to.have.members(['course', 'private', 'extension', 'vscode', 'labfs']);
        expect(readdirSync(join(home, 'private'))).to.deep.equal(['secret.txt']);
      });
    }

    it('decodes a name once only', async () => {
      expect((await file('%252e%252e/private/secret.txt')).status).to.equal(404);
      expect((await write('%252e%252e', 'literal')).status).to.equal(204);
      expect(readFileSync(join(folder, '%2e%2e'), 'utf8')).to.equal('literal');
    });

    it('refuses a link to a file outside', async () => {
      symlinkSync(join(home, 'private/secret.txt'), join(folder, 'link.txt'));
      for (const path of ['link.txt', 'link.txt?stat']) expect((await file(path)).status, path).to.equal(403);
      expect((await write('link.txt', 'overwritten')).status).to.equal(403);
      expect(readFileSync(join(home, 'private/secret.txt'), 'utf8')).to.equal('secret');
      expect(JSON.parse((await file('?files')).text)).not.to.include('link.txt');
    });

    it('refuses a link to a directory outside, at any depth', async () => {
      symlinkSync(join(home, 'private'), join(folder, 'sub/link'));
      for (const path of ['sub/link?readdir', 'sub/link?stat', 'sub/link?files', 'sub/link/secret.txt']) {
        expect((await file(path)).status, path).to.equal(403);
      }
      for (const path of ['sub/link/new.txt', 'sub/link/deep/new.txt']) expect((await write(path, 'x')).status).to.equal(403);
      expect((await file('sub/link/dir?mkdir', { method: 'POST' })).status).to.equal(403);
      expect((await file('sub/link/secret.txt', { method: 'DELETE' })).status).to.equal(403);
      expect((await file('sub/link/secret.txt?rename=mine.txt', { method: 'POST' })).status).to.equal(403);
      expect((await file('a.txt?rename=sub%2Flink%2Fa.txt', { method: 'POST' })).status).to.equal(403);
      expect(readdirSync(join(home, 'private'))).to.deep.equal(['secret.txt']);
    });

    it('refuses a relative link that climbs out, and a chain of links', async () => {
      symlinkSync('../../private', join(folder, 'sub/up'));
      symlinkSync('sub/up', join(folder, 'chain'));
      expect((await file('sub/up/secret.txt')).status).to.equal(403);
      expect((await file('chain/secret.txt')).status).to.equal(403);
    });

    it('refuses a dangling link, through which a write would create a file outside', async () => {
      symlinkSync(join(home, 'private/not-yet.txt'), join(folder, 'dangling.txt'));
      symlinkSync(join(home, 'nowhere'), join(folder, 'dangling'));
      expect((await write('dangling.txt', 'x')).status).to.equal(403);
      expect((await write('dangling/x.txt', 'x')).status).to.equal(403);
      expect((await file('dangling?mkdir', { method: 'POST' })).status).to.equal(403);
      expect(existsSync(join(home, 'private/not-yet.txt'))).to.equal(false);
      expect(existsSync(join(home, 'nowhere'))).to.equal(false);
    });

    it('refuses the neighbour whose name begins with that of the folder', async () => {
      mkdirSync(`${folder}-old`);
      writeFileSync(`${folder}-old/x.txt`, 'old');
      symlinkSync(`${folder}-old`, join(folder, 'old'));
      expect((await file('old/x.txt')).status).to.equal(403);
    });

    it('follows a link that stays inside, and keeps it a link', async () => {
      symlinkSync('sub', join(folder, 'same'));
      symlinkSync('a.txt', join(folder, 'alias.txt'));
      expect((await file('same/b.txt')).text).to.equal('deeper');
      expect((await write('alias.txt', 'changed')).status).to.equal(204);
      expect(readFileSync(join(folder, 'a.txt'), 'utf8')).to.equal('changed');
      expect(lstatSync(join(folder, 'alias.txt')).isSymbolicLink()).to.equal(true);
      expect((await file('alias.txt', { method: 'DELETE' })).status).to.equal(204);
      expect(existsSync(join(folder, 'a.txt'))).to.equal(true);
    });
  });

  describe('who may ask', () => {
    it('serves the page only under its own name', async () => {
      expect((await ask('/', { origin: null })).text).to.contain('/vscode/workbench.js');
      for (const host of [
        'evil.example', `evil.example:${server.port}`, `127.0.0.1:${server.port}`, `localhost:${server.port}`,
        `lab.localhost:${server.port}.evil.example`, `evillab.localhost:${server.port}`, 'lab.localhost', 'lab.localhost:1',
        `a.b.lab.localhost:${server.port}`, `.lab.localhost:${server.port}`,
      ]) {
        const answer = await ask('/', { host, origin: null });
        expect(answer.status, host).to.equal(421);
        expect(answer.text).not.to.contain(server.diskPath);
      }
    });

    it('answers no foreign page', async () => {
      for (const origin of [
        'https://evil.example', 'null', `https://lab.localhost:${server.port}`, `http://localhost:${server.port}`,
        'http://lab.localhost:1', `http://evillab.localhost:${server.port}`, `http://lab.localhost:${server.port}.evil.example`,
      ]) {
        for (const path of ['/', `${server.diskPath}/fs/a.txt`, '/ext/lab/package.json']) {
          const answer = await ask(path, { origin });
          expect(answer.status, `${origin} ${path}`).to.equal(403);
          expect(answer.headers['access-control-allow-origin']).to.equal(undefined);
        }
        expect((await file('a.txt?overwrite', { method: 'PUT', body: 'x', origin })).status).to.equal(403);
      }
      expect(readFileSync(join(folder, 'a.txt'), 'utf8')).to.equal('inside');
    });

    it('changes nothing for a request without an origin', async () => {
      expect((await file('a.txt?overwrite', { method: 'PUT', body: 'x', origin: null })).status).to.equal(403);
      expect((await file('a.txt', { method: 'DELETE', origin: null })).status).to.equal(403);
    });

    it('lets webviews have the extension, not the files', async () => {
      const origin = `http://0a1b.lab.localhost:${server.port}`;
      expect((await ask('/ext/lab/dist/extension.web.js', { origin })).text).to.equal('web');
      expect((await file('a.txt', { origin })).status).to.equal(403);
    });

    it('needs the secret', async () => {
      expect(server.diskPath).to.match(/^\/x\/[0-9a-f]{48}$/);
      for (const path of ['/fs/a.txt', '/x/fs/a.txt', `/x/${'0'.repeat(48)}/fs/a.txt`, `${server.diskPath}0/fs/a.txt`]) {
        expect((await ask(path)).status, path).to.equal(404);
      }
    });

    it('answers pre-flight requests of its own pages', async () => {
      for (const origin of [page(), extensionHost()]) {
        const { status, headers } = await file('a.txt', { method: 'OPTIONS', origin });
        expect(status).to.equal(204);
        expect(headers['access-control-allow-origin']).to.equal(origin);
        expect(headers['access-control-allow-methods']).to.contain('PUT').and.to.contain('DELETE');
      }
    });
  });

  describe('what it refuses to take', () => {
    it('a body that says it is too large', async () => {
      const headers = { 'Content-Length': String(largestBody + 1), Expect: '100-continue' };
      const { status } = await file('big.txt?create', { method: 'PUT', headers });
      expect(status).to.equal(413);
      expect(existsSync(join(folder, 'big.txt'))).to.equal(false);
    });

    it('a body that turns out to be too large', async () => {
      const answer = await new Promise<string>((done, failed) => {
        const socket = connect(server.port, '127.0.0.1');
        let text = '';
        socket.on('data', (chunk) => {
          text += chunk.toString();
          done(text);
          socket.destroy();
        });
        socket.on('error', failed);
        socket.write(`PUT ${server.diskPath}/fs/big.txt?create HTTP/1.1\r\nHost: lab.localhost:${server.port}\r\n`
          + `Origin: ${extensionHost()}\r\nTransfer-Encoding: chunked\r\n\r\n`);
        const piece = Buffer.alloc(8 * 1024 * 1024);
        for (let sent = 0; sent <= largestBody; sent += piece.length) {
          socket.write(`${piece.length.toString(16)}\r\n`);
          socket.write(piece);
          socket.write('\r\n');
        }
      });
      expect(answer).to.match(/^HTTP\/1\.1 413 /);
      expect(readdirSync(folder)).to.have.members(['a.txt', 'sub']);
    });

    it('methods that it does not know', async () => {
      for (const method of ['PATCH', 'PROPFIND', 'TRACE']) {
        const answer = await file('a.txt', { method });
        expect(answer.status, method).to.equal(405);
        expect(answer.headers.allow).to.contain('PUT');
      }
      for (const path of ['/', '/ext/lab/package.json', `${server.diskPath}/watch`]) {
        expect((await ask(path, { method: 'POST' })).status, path).to.equal(405);
      }
      expect((await file('a.txt', { method: 'POST' })).status).to.equal(400);
    });
  });

  describe('the extension', () => {
    it('is served without the checkout around it', async () => {
      expect((await ask('/ext/lab/package.json')).text).to.equal('{"name":"lab"}');
      expect((await ask('/ext/lab/dist/extension.web.js')).headers['content-type']).to.contain('javascript');
      for (const path of [
        '/ext/lab/src/private.ts', '/ext/lab/', '/ext/lab/dist/../src/private.ts', '/ext/lab/dist/%2e%2e/src/private.ts',
        '/ext/lab/dist/..%2fsrc%2fprivate.ts', '/ext/lab/package.json/../src/private.ts', '/vscode/../course/a.txt',
      ]) {
        const answer = await ask(path);
        expect(answer.status, path).to.be.oneOf([400, 404]);
        expect(answer.text).not.to.contain('source').and.not.to.contain('inside');
      }
    });

    it('may be reached from its host frame, whose policy names this server', async () => {
      const path = '/vscode/out/vs/workbench/services/extensions/worker/webWorkerExtensionHostIframe.html';
      expect((await ask(path)).text).to.contain(`${page()} http://localhost:*`);
    });

    it('is isolated where VS Code asks for it', async () => {
      const isolated = (await ask('/', { origin: null })).headers;
      expect(isolated['cross-origin-opener-policy']).to.equal('same-origin');
      expect(isolated['cross-origin-embedder-policy']).to.equal('require-corp');
      const { headers } = await ask('/ext/lab/package.json?vscode-coi=2');
      expect(headers['cross-origin-opener-policy']).to.equal(undefined);
      expect(headers['cross-origin-embedder-policy']).to.equal('require-corp');
      expect(headers['cross-origin-resource-policy']).to.equal('cross-origin');
    });
  });
});
