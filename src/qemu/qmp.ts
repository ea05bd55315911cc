import type { Socket } from 'node:net';
import { hostSeconds } from './clock';
import { QemuError } from './qemu-error';
import type { MigrationInfo } from './query-migrate';

/** The commands that we give, with what they take and what they answer (qapi/*.json). */
export interface Commands {
  stop: [undefined, object];
  cont: [undefined, object];
  quit: [undefined, object];
  'query-status': [undefined, { status: string; running: boolean }];
  'query-version': [undefined, { qemu: { major: number; minor: number; micro: number } }];
  'query-migrate': [undefined, MigrationInfo];
  'query-migrate-parameters': [undefined, Record<string, unknown>];
  'migrate-set-capabilities': [{ capabilities: { capability: string; state: boolean }[] }, object];
  'migrate-set-parameters': [Readonly<Record<string, number | string | boolean>>, object];
  'migrate-incoming': [{ uri: string }, object];
  'migrate-recover': [{ uri: string }, object];
  'migrate-pause': [undefined, object];
  'migrate-start-postcopy': [undefined, object];
  migrate_cancel: [undefined, object];
  migrate: [{ uri: string; resume?: boolean }, object];
}

/** Something that QEMU tells unasked. */
export interface QmpEvent {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** When we heard of it. */
  readonly hostSeconds: number;
}

/** QEMU refused a command; `description` is its own sentence. */
export class QmpRefusal extends QemuError {
  constructor(
    readonly command: string,
    readonly description: string,
  ) {
    super(`QEMU refuses \`${command}\`: ${description.replace(/\.?$/, '.')}`);
  }
}

interface Pending {
  command: string;
  resolve(answer: never): void;
  reject(error: Error): void;
}

/** Anything longer is not QMP: bytes. */
const LONGEST_LINE = 16 * 2 ** 20;

/** A client of one QEMU's monitor (QMP: one JSON document a line, docs/interop/qmp-spec.txt). */
export class Qmp {
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Set<(event: QmpEvent) => void>();
  readonly #ready: Promise<void>;
  #greeted!: { resolve(): void; reject(error: Error): void };
  #text = '';
  #lastId = 0;
  #closed?: Error;

  constructor(private readonly socket: Socket) {
    this.#ready = new Promise((resolve, reject) => (this.#greeted = { resolve, reject }));
    this.#ready.catch(() => undefined);
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => this.#receive(text));
    // A QEMU that quits may reset the connection: that is an end like any other.
    socket.on('error', () => this.#close());
    socket.on('close', () => this.#close());
  }

  /** Resolves when the greeting has come and QEMU has accepted `qmp_capabilities`. */
  ready(): Promise<void> {
    return this.#ready;
  }

  execute<C extends keyof Commands>(
    command: C,
    ...[parameters]: Commands[C][0] extends undefined ? [] : [Commands[C][0]]
  ): Promise<Commands[C][1]> {
    return this.#send(command, parameters) as Promise<Commands[C][1]>;
  }

  /** Calls `listener` for each event; returns how to stop that. */
  listen(listener: (event: QmpEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #send(command: string, parameters?: object): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(this.#closed);
      const id = ++this.#lastId;
      this.#pending.set(id, { command, resolve, reject });
      this.socket.write(`${JSON.stringify({ execute: command, ...(parameters && { arguments: parameters }), id })}\n`);
    });
  }

  #receive(text: string): void {
    const lines = (this.#text + text).split('\n');
    this.#text = lines.pop()!;
    if (this.#text.length > LONGEST_LINE) this.socket.destroy();
    for (const line of lines) {
      if (line.trim() !== '') this.#take(line);
    }
  }

  #take(line: string): void {
    let message: Record<string, unknown>;
    try {
      message = JSON.parse(line) as Record<string, unknown>;
    } catch {
      this.socket.destroy();
      return;
    }
    if ('QMP' in message) this.#send('qmp_capabilities').then(this.#greeted.resolve, this.#greeted.reject);
    else if (typeof message.event === 'string') this.#tell(message.event, message.data);
    else if (typeof message.id === 'number') this.#answer(message.id, message);
  }

  #tell(event: string, data: unknown): void {
    const told = { event, data: (data ?? {}) as Record<string, unknown>, hostSeconds: hostSeconds() };
    for (const listener of [...this.#listeners]) listener(told);
  }

  #answer(id: number, message: Record<string, unknown>): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    const error = message.error as { desc?: string } | undefined;
    if (error) pending?.reject(new QmpRefusal(pending.command, error.desc ?? 'no reason given'));
    else pending?.resolve(message.return as never);
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = new QemuError('QEMU has ended, or closed its monitor.');
    this.#greeted.reject(this.#closed);
    for (const { command, resolve, reject } of this.#pending.values()) {
      // What `quit` asks for has happened.
      if (command === 'quit') resolve({} as never);
      else reject(new QemuError(`QEMU ended before it answered \`${command}\`.`));
    }
    this.#pending.clear();
  }
}
