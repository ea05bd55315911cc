import { expect } from 'chai';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Qmp, QmpRefusal, type QmpEvent } from '../../../src/qemu/qmp';

const GREETING = '{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}}, "capabilities": ["oob"]}}\r\n';

describe('the QMP client', () => {
  let folder: string;
  let qemu: Socket;
  let qmp: Qmp;
  const asked: { execute: string; arguments?: object; id: number }[] = [];
  let noticed: () => void = () => undefined;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'qmp-'));
    asked.length = 0;
    const server = createServer((socket) => (qemu = socket)).listen(join(folder, 'q'));
    await once(server, 'listening');
    const socket = connect(join(folder, 'q'));
    await once(server, 'connection');
    qmp = new Qmp(socket);
    qemu.setEncoding('utf8');
    qemu.on('error', () => undefined);
    qemu.on('data', (text: string) => {
      for (const line of text.trim().split('\n')) asked.push(JSON.parse(line) as (typeof asked)[0]);
      noticed();
    });
    server.close();
  });
  afterEach(() => {
    qemu.destroy();
    rmSync(folder, { recursive: true });
  });

  /** The commands that have come, once there are so many. */
  async function commands(count: number) {
    while (asked.length < count) await new Promise<void>((resolve) => (noticed = resolve));
    return asked;
  }
  const say = (...messages: object[]) => qemu.write(messages.map((message) => `${JSON.stringify(message)}\r\n`).join(''));

  it('is ready when QEMU has greeted and taken qmp_capabilities', async () => {
    qemu.write(GREETING.slice(0, 30));
    qemu.write(GREETING.slice(30));
    const [first] = await commands(1);
    expect(first!.execute).to.equal('qmp_capabilities');
    say({ return: {}, id: first!.id });
    await qmp.ready();
  });

  it('gives each answer to who asked, in whatever order they come, and events to who listens', async () => {
    const events: QmpEvent[] = [];
    const stop = qmp.listen((event) => events.push(event));
    const answers = Promise.all([qmp.execute('query-migrate'), qmp.execute('query-status')]);
    const [migrate, status] = await commands(2);
    say(
      { return: { status: 'running', running: true }, id: status!.id },
      { event: 'STOP', timestamp: { seconds: 1, microseconds: 2 } },
      { return: { status: 'active' }, id: migrate!.id },
    );
    expect(await answers).to.deep.equal([{ status: 'active' }, { status: 'running', running: true }]);
    expect(events.map(({ event, data }) => ({ event, data }))).to.deep.equal([{ event: 'STOP', data: {} }]);
    stop();
  });

  it('makes a refusal one sentence', async () => {
    const answer = qmp.execute('migrate', { uri: 'unix:/x' }).catch((error: Error) => error);
    const [command] = await commands(1);
    expect(command!.arguments).to.deep.equal({ uri: 'unix:/x' });
    say({ error: { class: 'GenericError', desc: 'No such file' }, id: command!.id });
    const error = await answer;
    expect(error).to.be.instanceOf(QmpRefusal);
    expect((error as Error).message).to.equal('QEMU refuses `migrate`: No such file.');
  });

  it('takes a connection that breaks for the end: what quit asks for, and no answer to anything else', async () => {
    const quit = qmp.execute('quit');
    const other = qmp.execute('query-migrate').catch((error: Error) => error.message);
    await commands(2);
    qemu.destroy();
    expect(await quit).to.deep.equal({});
    expect(await other).to.equal('QEMU ended before it answered `query-migrate`.');
    expect(await qmp.execute('stop').catch((error: Error) => error.message)).to.equal('QEMU has ended, or closed its monitor.');
  });

  it('ends the connection on what is not QMP', async () => {
    qemu.write('hello\n');
    expect(await qmp.ready().catch((error: Error) => error.message)).to.equal('QEMU has ended, or closed its monitor.');
  });
});
