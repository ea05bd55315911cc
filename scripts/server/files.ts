import type { IncomingMessage, ServerResponse } from 'node:http';
import { createReadStream } from 'node:fs';
import { refuse } from './guard';
import { type Folder, FolderError, notFound } from './folder';

/** The largest file that the page may write, in bytes. */
export const largestBody = 64 * 1024 * 1024;

/**
 * The file API. `path` is what follows `/fs/` in the address, still encoded; `query` names the operation:
 * GET (content), GET ?stat, ?readdir, ?files; PUT (content; &create &overwrite); POST ?mkdir, ?rename=<path>&overwrite;
 * DELETE (&recursive).
 */
export async function answerFiles(
  folder: Folder, path: string, query: URLSearchParams, request: IncomingMessage, response: ServerResponse,
): Promise<void> {
  try {
    const names = namesIn(path);
    const overwrite = query.has('overwrite');
    switch (request.method) {
      case 'GET':
        if (query.has('stat')) return json(response, await folder.stat(names));
        if (query.has('readdir')) return json(response, await folder.list(names));
        if (query.has('files')) return json(response, await folder.files(names));
        return await content(folder, names, response);
      case 'PUT': {
        const body = await bodyOf(request);
        await folder.write(names, body, { create: query.has('create'), overwrite });
        return done(response);
      }
      case 'POST':
        if (query.has('mkdir')) await folder.makeDirectory(names);
        else if (query.has('rename')) await folder.rename(names, namesIn(query.get('rename')!), { overwrite });
        else throw new FolderError(400, 'Unavailable', 'POST takes ?mkdir or ?rename');
        return done(response);
      case 'DELETE':
        await folder.remove(names, { recursive: query.has('recursive') });
        return done(response);
      default:
        response.setHeader('Allow', 'GET, PUT, POST, DELETE, OPTIONS');
        throw new FolderError(405, 'Unavailable', `no method ${request.method} here`);
    }
  } catch (error) {
    if (response.headersSent) return void response.destroy();
    const known = error instanceof FolderError ? error : new FolderError(500, 'Unavailable', reason(error));
    response.setHeader('X-Error', known.code);
    // The rest of a body that is too large is not read.
    if (known.status === 413) response.setHeader('Connection', 'close');
    refuse(response, known.status, known.message);
  }
}

/** Each name is decoded by itself, so that an encoded slash cannot make two of one: `confine` refuses it. */
function namesIn(path: string): string[] {
  try {
    return path === '' ? [] : path.split('/').map(decodeURIComponent);
  } catch {
    throw new FolderError(400, 'Unavailable', 'the path is not well encoded');
  }
}

async function content(folder: Folder, names: string[], response: ServerResponse): Promise<void> {
  const { type } = await folder.stat(names);
  if (!(type & 1)) throw new FolderError(409, 'FileIsADirectory', `not a file: ${names.join('/')}`);
  const stream = createReadStream(await folder.confine(names));
  await new Promise<void>((opened, failed) => {
    stream.once('open', () => opened());
    stream.once('error', failed);
  }).catch((error: NodeJS.ErrnoException) => { throw error.code === 'ENOENT' ? notFound(names.join('/')) : error; });
  stream.on('error', () => response.destroy());
  response.on('close', () => stream.destroy());
  response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Cache-Control': 'no-store' });
  stream.pipe(response);
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const tooLarge = new FolderError(413, 'Unavailable', `at most ${largestBody} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > largestBody) throw tooLarge;
  const chunks: Buffer[] = [];
  let size = 0;
  // Not `for await`: leaving that loop early would destroy the connection before the refusal is sent.
  await new Promise<void>((end, failed) => {
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= largestBody) chunks.push(chunk);
      else {
        request.pause();
        failed(tooLarge);
      }
    });
    request.on('end', end);
    request.on('error', failed);
    request.on('aborted', () => failed(new Error('the request was cut off')));
  });
  return Buffer.concat(chunks);
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }).end(JSON.stringify(value));
}

function done(response: ServerResponse): void {
  response.writeHead(204).end();
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
