import { expect } from 'chai';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Link, type Relay } from '../../../src/qemu/relay';

describe('the relay', () => {
  let folder: string;
  let server: Server;
  let link: Link;
  let relay: Relay;
  const accepted: Socket[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'relay-'));
    server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => undefined);
      accepted.push(socket);
    });
    server.listen(join(folder, 'in'));
    await once(server, 'listening');
    link = new Link(50e6, 0.001);
    relay = await link.relay(join(folder, 'out'), join(folder, 'in'));
  });
  afterEach(() => {
    relay.close();
    for (const socket of accepted.splice(0)) socket.destroy();
    server.close();
    rmSync(folder, { recursive: true });
  });

  /** What comes until the end. */
  async function all(socket: Socket): Promise<string> {
    const hash = createHash('sha256');
    for await (const chunk of socket) hash.update(chunk as Buffer);
    return hash.digest('hex');
  }
  const client = () => connect({ path: join(folder, 'out'), allowHalfOpen: true });
  const connection = async () => ((await once(server, 'connection')) as [Socket])[0];

  it('hands on every byte of several connections in order, and their ends', async () => {
    const contents = [1, 2, 3].map(() => randomBytes(700_000));
    for (const content of contents) {
      const socket = client();
      const arrived = connection();
      socket.end(content);
      const hash = await all(await arrived);
      expect(hash).to.equal(createHash('sha256').update(content).digest('hex'));
    }
    expect(relay.bytes).to.equal(2_100_000);
    expect([link.there.bytes, link.back.bytes]).to.deep.equal([2_100_000, 0]);
  });

  it('answers, also when the asker has said all it has to say', async () => {
    const socket = client();
    const arrived = connection();
    socket.end('question');
    const there = await arrived;
    const [question] = (await once(there, 'data')) as [Buffer];
    expect(String(question)).to.equal('question');
    there.end('answer');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(String(answer)).to.equal('answer');
    expect(link.back.bytes).to.equal(6);
  });

  it('breaks every connection when it is cut, and lets new ones through when it is mended', async () => {
    const socket = client();
    const arrived = connection();
    socket.write('hello');
    const there = await arrived;
    await once(there, 'data');
    link.cut();
    await Promise.all([once(socket.resume(), 'end'), once(there, 'end')]);
    const refused = client();
    await once(refused.resume(), 'end');
    link.mend();
    const again = client();
    const next = connection();
    again.end('again');
    const [data] = (await once(await next, 'data')) as [Buffer];
    expect(String(data)).to.equal('again');
  });

  it('tells the source when the destination dies', async () => {
    const socket = client();
    const arrived = connection();
    socket.on('error', () => undefined);
    socket.write('hello');
    (await arrived).destroy();
    await once(socket.resume(), 'end');
  });
});
