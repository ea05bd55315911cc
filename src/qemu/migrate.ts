import { writeFile } from 'node:fs/promises';
import type { Fault } from '../engine/scenario';
import type { Accelerator } from './accelerator';
import { machineArguments } from './arguments';
import { hostSeconds, wait, within } from './clock';
import { guestImage } from './guest/program';
import type { Plan } from './mapping';
import type { Observations, Outcome, Poll } from './observations';
import { startQemu, type QemuProcess } from './process';
import { Pulse } from './pulse';
import { QemuError } from './qemu-error';
import { hasEnded, type MigrationInfo, type MigrationStatus } from './query-migrate';
import type { QmpEvent } from './qmp';
import type { Link, Relay } from './relay';
import type { Scratch } from './scratch';

export interface MigrateOptions {
  qemu: string;
  accelerator: Accelerator;
  scratch: Scratch;
  /** The link that it shares with others; undefined: the computer's own is the link. */
  link?: Link;
  signal?: AbortSignal;
  progress?: (progress: QemuProgress) => void;
  /** The names of its sockets and files: short, and unlike those of other guests in this directory. */
  name?: string;
  /** It is cancelled after so long, seconds. */
  limitSeconds: number;
  /** Keep the guest's memory in files beside its sockets, and look at them when it has arrived and both are stopped. */
  inspect?: (source: string, destination: string) => Promise<void>;
}

export interface QemuProgress {
  phase: string;
  done: number;
  total: number;
}

/** The guest has filled its memory by then, under TCG at some 100 MB/s at worst: seconds, and seconds per byte. */
const BOOT_SECONDS = 30;
const FILL_SECONDS_PER_BYTE = 1e-8;
/** The guest's undisturbed rate is measured for so long. */
const SETTLE_SECONDS = 0.6;
/** Often enough for a chart, and no burden: QEMU's windows are of 100 ms. */
const POLL_SECONDS = 0.02;
/** The destination's guest is watched for so long after its migration. */
const AFTER_SECONDS = 0.15;

/** A guest whose source and destination run and which is ready to be migrated. */
export class Migration {
  readonly #pulse = new Pulse();
  readonly #polls: Poll[] = [];
  readonly #syncs: number[] = [];
  readonly #relays: Relay[] = [];
  #startedAt = 0;
  #stoppedAt?: number;
  #undisturbedRate = 0;
  #forced = false;
  #postcopyAsked = false;
  #destinationStatus: MigrationStatus = 'none';
  #fault?: Fault;
  #destinationDied = false;
  #pauses = 0;
  #recoveries = 0;

  private constructor(
    private readonly plan: Plan,
    private readonly options: MigrateOptions,
    private readonly source: QemuProcess,
    private readonly destination: QemuProcess,
  ) {}

  /** Starts both sides, and waits until the guest has filled its memory and works. */
  static async prepare(plan: Plan, options: MigrateOptions): Promise<Migration> {
    const { qemu, accelerator, scratch, signal, name = 'g', progress } = options;
    progress?.({ phase: 'Starting QEMU', done: 0, total: 1 });
    const kernel = scratch.path(`${name}.kernel`);
    await writeFile(kernel, guestImage(plan.program));
    const start = (side: 's' | 'd') =>
      startQemu({
        qemu,
        arguments: machineArguments({
          accelerator,
          memoryBytes: plan.program.memoryBytes,
          kernel,
          incoming: side === 'd',
          ...(options.inspect && { memoryFile: scratch.path(`${name}.${side}.memory`) }),
        }),
        socket: scratch.path(`${name}.${side}`),
        signal,
      });
    const [source, destination] = await both(start('s'), start('d'));
    const migration = new Migration(plan, options, source, destination);
    try {
      await migration.#setUp();
      return migration;
    } catch (error) {
      await migration.close();
      throw error;
    }
  }

  /** Kills both sides. */
  async close(): Promise<void> {
    for (const relay of this.#relays) relay.close();
    await Promise.all([this.source.kill(), this.destination.kill()]);
  }

  /** Migrates, and says what was seen. */
  async run(): Promise<Observations> {
    const { plan } = this;
    await this.#settle();
    const timers = this.#scheduleFaults();
    try {
      if (plan.stopsFirst) await this.source.qmp.execute('stop');
      this.#startedAt = hostSeconds();
      if (plan.stopsFirst) this.#stoppedAt = this.#startedAt;
      await this.source.qmp.execute('migrate', { uri: this.#uri() });
      if (plan.postcopyAfterSyncs === 1) this.#startPostcopy();
      const outcome = await this.#watch();
      const endedAt = hostSeconds();
      if (outcome.kind === 'arrived') await this.#afterwards();
      const destination = outcome.kind === 'arrived' ? await this.#ask(this.destination) : undefined;
      await this.#inspect(outcome);
      const { source: here, destination: there } = this.#pulse.series();
      return {
        startedAt: this.#startedAt,
        endedAt,
        outcome,
        polls: this.#polls,
        destination: destination ?? {},
        syncs: this.#syncs,
        stoppedAt: this.#stoppedAt,
        source: here,
        atDestination: there,
        undisturbedRate: this.#undisturbedRate,
        ...(this.#relays.length > 0 && { linkBytes: this.#relays.reduce((sum, { bytes }) => sum + bytes, 0) }),
        forced: this.#forced,
      };
    } finally {
      for (const timer of timers) clearTimeout(timer);
    }
  }

  async #setUp(): Promise<void> {
    const { plan, options, source, destination } = this;
    const { scratch, link, name = 'g', signal } = options;
    this.#pulse.hear(source.serial, 'source');
    this.#pulse.hear(destination.serial, 'destination');
    source.qmp.listen((event) => this.#sourceTells(event));
    destination.qmp.listen((event) => this.#destinationTells(event));
    void destination.ended.then(() => (this.#destinationDied = true));
    for (const { qmp } of [source, destination]) {
      const capabilities = ['events', ...plan.capabilities].map((capability) => ({ capability, state: true }));
      await qmp.execute('migrate-set-capabilities', { capabilities });
      await qmp.execute('migrate-set-parameters', plan.parameters);
    }
    if (plan.postcopyAfterSyncs !== undefined) await this.#measureBlocktime();
    await destination.qmp.execute('migrate-incoming', { uri: `unix:${scratch.path(`${name}.in`)}` });
    if (link) this.#relays.push(await link.relay(scratch.path(`${name}.out`), scratch.path(`${name}.in`)));
    options.progress?.({ phase: 'Waiting for the guest', done: 0, total: 1 });
    const patience = BOOT_SECONDS + FILL_SECONDS_PER_BYTE * plan.program.memoryBytes;
    await this.#orEnds(this.#heard(20, patience, signal));
  }

  /** Not every kernel lets everybody measure it; then we do without. */
  async #measureBlocktime(): Promise<void> {
    const capabilities = [{ capability: 'postcopy-blocktime', state: true }];
    await this.destination.qmp.execute('migrate-set-capabilities', { capabilities }).catch(() => undefined);
  }

  #heard(beats: number, seconds: number, signal?: AbortSignal): Promise<void> {
    const late = () => new QemuError(`Nothing was heard of the guest for ${Math.round(seconds)} s.`);
    return within(seconds, this.#pulse.more(beats), late, signal);
  }

  /** The result of `work`, or an error as soon as QEMU ends. */
  #orEnds<T>(work: Promise<T>): Promise<T> {
    const end = Promise.race([this.source.ended, this.destination.ended]);
    return Promise.race([work, end.then((how) => Promise.reject(new QemuError(how)))]);
  }

  async #settle(): Promise<void> {
    const from = hostSeconds();
    await wait(SETTLE_SECONDS, this.options.signal);
    this.#undisturbedRate = this.#pulse.rate(from, hostSeconds()) ?? 0;
  }

  #uri(): string {
    const { scratch, name = 'g' } = this.options;
    return `unix:${scratch.path(`${name}.${this.options.link ? 'out' : 'in'}`)}`;
  }

  #sourceTells({ event, data, hostSeconds: now }: QmpEvent): void {
    if (event === 'STOP' && this.#startedAt > 0) this.#stoppedAt ??= now;
    if (event === 'MIGRATION_PASS') this.#pass(Number(data.pass), now);
    if (event === 'MIGRATION' && data.status === 'postcopy-paused') this.#pauses++;
  }

  #destinationTells({ event, data }: QmpEvent): void {
    if (event === 'MIGRATION') this.#destinationStatus = data.status as MigrationStatus;
  }

  #pass(pass: number, now: number): void {
    const { postcopyAfterSyncs, stopAfterSyncs } = this.plan;
    this.#syncs.push(now);
    if (postcopyAfterSyncs !== undefined && postcopyAfterSyncs > 1 && pass >= postcopyAfterSyncs) this.#startPostcopy();
    if (stopAfterSyncs !== undefined && pass >= stopAfterSyncs && this.#stoppedAt === undefined && !this.#forced) {
      this.#forced = true;
      void this.source.qmp.execute('stop').catch(() => undefined);
    }
  }

  #startPostcopy(): void {
    if (this.#postcopyAsked) return;
    this.#postcopyAsked = true;
    // Refused if the migration has just ended: then there is nothing left to be switched.
    void this.source.qmp.execute('migrate-start-postcopy').catch(() => undefined);
  }

  /** Asks again and again until both sides have come to an end. */
  async #watch(): Promise<Outcome> {
    const { options } = this;
    const { signal, limitSeconds } = options;
    for (;;) {
      const info = await this.#orSourceEnds(this.source.qmp.execute('query-migrate'));
      this.#polls.push({ hostSeconds: hostSeconds(), info });
      this.#showProgress(info);
      const outcome = this.#outcome(info);
      if (outcome) return outcome;
      if (hostSeconds() - this.#startedAt > limitSeconds) return this.#cancel();
      if (info.status === 'postcopy-paused' && this.#canRecover()) await this.#recover();
      await wait(POLL_SECONDS, signal);
    }
  }

  #orSourceEnds<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.source.ended.then((how) => Promise.reject(new QemuError(how)))]);
  }

  #outcome({ status, 'error-desc': description }: MigrationInfo): Outcome | undefined {
    const handedOver = this.#pulse.isAtDestination || this.#destinationStatus === 'postcopy-active';
    const why = this.#why(description);
    if (status === 'failed') return { kind: 'failed', message: why };
    if (status === 'postcopy-paused' && !this.#canRecover()) return { kind: 'lost', message: why };
    if (status !== 'completed') return undefined;
    if (this.#destinationDied) return { kind: 'lost', message: why };
    if (this.#destinationStatus === 'failed') return { kind: 'lost', message: why };
    // A guest that was stopped arrives stopped.
    if (this.#destinationStatus === 'completed') return { kind: 'arrived' };
    return handedOver && hasEnded(this.#destinationStatus) ? { kind: 'arrived' } : undefined;
  }

  #why(description?: string): string {
    if (this.#fault?.kind === 'destination') return 'The destination host died.';
    if (this.#fault?.kind === 'link') return 'The link broke.';
    if (this.#destinationDied) return 'The destination’s QEMU ended.';
    return `QEMU says: ${(description ?? 'the migration failed').replace(/\.?$/, '.')}`;
  }

  #showProgress({ ram }: MigrationInfo): void {
    if (!ram || ram.total === 0) return;
    const done = Math.max(0, ram.total - ram.remaining);
    this.options.progress?.({ phase: 'Migrating', done, total: ram.total });
  }

  async #cancel(): Promise<Outcome> {
    const message = `It had not come to an end after ${Math.round(this.options.limitSeconds)} s, and was cancelled.`;
    await this.#orSourceEnds(this.source.qmp.execute('migrate_cancel'));
    return { kind: 'late', message };
  }

  /** A guest that was stopped before it was migrated is started; then it is heard for a moment. */
  async #afterwards(): Promise<void> {
    if (this.plan.stopsFirst || this.#forced) await this.#orEnds(this.destination.qmp.execute('cont'));
    await this.#orEnds(this.#heard(1, BOOT_SECONDS, this.options.signal));
    await wait(AFTER_SECONDS, this.options.signal);
  }

  async #ask({ qmp }: QemuProcess): Promise<MigrationInfo | undefined> {
    return qmp.execute('query-migrate').catch(() => undefined);
  }

  async #inspect({ kind }: Outcome): Promise<void> {
    const { inspect, scratch, name = 'g' } = this.options;
    if (!inspect || kind !== 'arrived') return;
    await this.destination.qmp.execute('stop');
    await inspect(scratch.path(`${name}.s.memory`), scratch.path(`${name}.d.memory`));
  }

  #scheduleFaults(): NodeJS.Timeout[] {
    return this.plan.faults.flatMap((fault) => {
      const begin = setTimeout(() => this.#break(fault), 1000 * fault.at);
      if (fault.kind === 'destination') return [begin];
      return [begin, setTimeout(() => this.options.link?.mend(), 1000 * (fault.at + fault.seconds))];
    });
  }

  #break(fault: Fault): void {
    this.#fault = fault;
    if (fault.kind === 'destination') void this.destination.kill();
    else this.options.link?.cut();
  }

  #canRecover(): boolean {
    return this.plan.recovers && !this.#destinationDied && this.options.link !== undefined;
  }

  /**
   * QEMU's postcopy recovery: the destination listens on a new socket, the source connects to it and goes on. Once for
   * each pause: the source still says that it pauses until its connection stands, and a second order would break that.
   */
  async #recover(): Promise<void> {
    const { link, scratch, name = 'g' } = this.options;
    if (!link || link.isCut || this.#destinationStatus !== 'postcopy-paused' || this.#recoveries >= this.#pauses) return;
    const recovery = ++this.#recoveries;
    const [from, to] = [scratch.path(`${name}.out${recovery}`), scratch.path(`${name}.in${recovery}`)];
    await this.destination.qmp.execute('migrate-recover', { uri: `unix:${to}` });
    this.#relays.push(await link.relay(from, to));
    await this.source.qmp.execute('migrate', { uri: `unix:${from}`, resume: true });
  }
}

/** Both, or neither: if one fails, the other is killed. */
async function both(...starts: [Promise<QemuProcess>, Promise<QemuProcess>]): Promise<[QemuProcess, QemuProcess]> {
  const settled = await Promise.allSettled(starts);
  const failed = settled.find((each) => each.status === 'rejected');
  if (!failed) return Promise.all(starts);
  await Promise.all(settled.map((each) => (each.status === 'fulfilled' ? each.value.kill() : Promise.resolve())));
  throw failed.reason;
}
