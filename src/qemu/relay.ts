import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { hostSeconds } from './clock';
import { Line, ROOM_SECONDS } from './line';
import { QemuError } from './qemu-error';

/** The link between two hosts: what all migrations over it share, and what can break. */
export class Link {
  readonly there: Line;
  readonly back: Line;
  readonly #relays = new Set<Relay>();
  #cut = false;

  /** `latencySeconds`: one way. */
  constructor(bytesPerSecond: number, latencySeconds: number) {
    this.there = new Line(bytesPerSecond, latencySeconds);
    this.back = new Line(bytesPerSecond, latencySeconds);
  }

  get isCut(): boolean {
    return this.#cut;
  }

  /** Breaks every connection; what is under way is lost, and nobody gets through until `mend`. */
  cut(): void {
    this.#cut = true;
    for (const relay of this.#relays) relay.drop();
  }

  mend(): void {
    this.#cut = false;
  }

  /** Carries what is sent to the socket at `from` over this link to the one at `to`. */
  async relay(from: string, to: string): Promise<Relay> {
    const relay = new Relay(this, to);
    await relay.listen(from);
    this.#relays.add(relay);
    return relay;
  }
}

/** One way into a link: a unix socket for the source's QEMU, whose connections go on to the destination's. */
export class Relay {
  readonly #server: Server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => this.#accept(socket));
  readonly #sockets = new Set<Socket>();
  #bytes = 0;

  constructor(
    private readonly link: Link,
    private readonly to: string,
  ) {}

  /** Bytes that went towards the destination. */
  get bytes(): number {
    return this.#bytes;
  }

  async listen(path: string): Promise<void> {
    this.#server.listen(path);
    await once(this.#server, 'listening').catch((error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'it is taken' : error.message;
      throw new QemuError(`The link's socket ${path} could not be made: ${why}.`);
    });
  }

  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.drop();
    this.#server.close();
  }

  #accept(source: Socket): void {
    if (this.link.isCut) return void source.destroy();
    const destination = connect({ path: this.to, allowHalfOpen: true });
    for (const socket of [source, destination]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
    }
    carry(source, destination, this.link.there, (bytes) => (this.#bytes += bytes));
    carry(destination, source, this.link.back, () => undefined);
  }
}

/** Timers are never more exact than this: seconds. */
const TICK_SECONDS = 0.001;

/** Hands on what comes from one socket to the other, when a line says that it is there. */
function carry(from: Socket, to: Socket, line: Line, count: (bytes: number) => void): void {
  const underWay: { chunk: Buffer; due: number }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let awaited = 0;
  let waiting = false;
  let ended = false;
  let closed = false;

  /** An end is handed on behind everything that was sent before it. */
  const finish = () => {
    if (underWay.length > 0) return;
    if (closed) to.destroySoon();
    else if (ended) to.end();
  };
  const arrive = () => {
    timer = undefined;
    if (to.destroyed) underWay.length = 0;
    const now = hostSeconds();
    line.late(now - awaited, now);
    while (underWay.length > 0 && underWay[0]!.due <= now) {
      const { chunk } = underWay.shift()!;
      count(chunk.length);
      to.write(chunk);
    }
    if (underWay.length > 0) schedule(underWay[0]!.due - now);
    finish();
    takeMore();
  };
  const schedule = (seconds: number) => {
    if (timer) return;
    awaited = hostSeconds() + Math.max(TICK_SECONDS, seconds);
    timer = setTimeout(arrive, 1000 * (awaited - hostSeconds()));
  };
  /** The line is shared, so it may be full of others' bytes; a destination that does not read holds us up, too. */
  const takeMore = () => {
    if (waiting || from.destroyed || !from.isPaused()) return;
    const seconds = line.backlog(hostSeconds()) - ROOM_SECONDS;
    if (!to.writableNeedDrain && seconds <= 0) return void from.resume();
    waiting = true;
    const look = () => {
      waiting = false;
      takeMore();
    };
    if (to.writableNeedDrain) to.once('drain', look);
    else setTimeout(look, 1000 * Math.max(TICK_SECONDS, seconds));
  };

  from.on('data', (chunk: Buffer) => {
    const now = hostSeconds();
    underWay.push({ chunk, due: line.send(chunk.length, now) });
    schedule(underWay[0]!.due - now);
    if (line.isFull(now) || to.writableNeedDrain) {
      from.pause();
      takeMore();
    }
  });
  from.on('end', () => {
    ended = true;
    finish();
  });
  from.on('close', () => {
    closed = true;
    finish();
  });
  from.resume();
}
