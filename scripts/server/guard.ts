import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Who may ask. The server is bound to loopback, but any page that the user visits can send requests there:
 * - the Host header must be ours, else 421; a name that an attacker points to 127.0.0.1 (DNS rebinding) ends here;
 * - the Origin header, if there is one, must be ours, else 403; and whatever changes something must have one.
 */
export type Visitor = 'page' | 'extension-host' | 'webview' | 'none';

export const hostName = 'lab.localhost';

/** Who sends this request; undefined if it has been answered with a refusal. */
export function admit(request: IncomingMessage, response: ServerResponse, port: number): Visitor | undefined {
  const host = request.headers.host ?? '';
  if (!isOurs(host, port)) return refuse(response, 421, 'This server answers only for lab.localhost.');
  const { origin } = request.headers;
  if (origin === undefined) {
    if (request.method === 'GET' || request.method === 'HEAD') return 'none';
    return refuse(response, 403, 'A request that changes something must name its origin.');
  }
  const visitor = visitorOf(origin, port);
  if (!visitor) return refuse(response, 403, 'This server answers only its own pages.');
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Access-Control-Expose-Headers', 'X-Error');
  response.setHeader('Vary', 'Origin');
  return visitor;
}

/**
 * VS Code runs the extension host under `v--<hash>.` and each webview under `<hash>.`: one label of letters, digits
 * and hyphens before our name.
 */
function visitorOf(origin: string, port: number): Visitor | undefined {
  if (origin === `http://${hostName}:${port}`) return 'page';
  if (!origin.startsWith('http://') || !isOurs(origin.slice('http://'.length), port)) return undefined;
  return origin.startsWith('http://v--') ? 'extension-host' : 'webview';
}

function isOurs(host: string, port: number): boolean {
  const suffix = `${hostName}:${port}`;
  return host === suffix || (host.endsWith(`.${suffix}`) && /^[a-z0-9-]+$/.test(host.slice(0, -suffix.length - 1)));
}

export function refuse(response: ServerResponse, status: number, why: string): undefined {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${why}\n`);
  return undefined;
}
