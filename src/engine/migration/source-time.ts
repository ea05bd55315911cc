import type { ThrottleOptions } from '../api';
import type { Device } from '../guest/device';
import type { SourceGuest } from '../guest/source-guest';
import type { Transmission } from '../network/transmission';
import type { Fault } from '../scenario';
import { DutyCycle } from './duty-cycle';
import type { Recorder } from './recorder';

/**
 * Time as it passes at the source: the guest runs, at the speed that it is given, while pages are sent or something else
 * takes its time. What the guest writes and what is sent happens in the exact order of the times.
 */
export class SourceTime {
  /** Guest work lost to throttling, in seconds of the undisturbed guest. */
  throttledSeconds = 0;
  #paused = false;
  #workedUntil = 0;
  /** Set while the guest is throttled by turns. */
  #duty: DutyCycle | undefined;

  constructor(
    private readonly source: SourceGuest,
    private readonly recorder: Recorder,
    private readonly device: Device | undefined,
    /** What will break first. */
    private readonly fault: Fault | undefined,
  ) {}

  /** The speed of the vCPUs that write, as it is in the mean of their turns. */
  get meanSpeed(): number {
    return this.#duty?.share ?? this.source.speed;
  }

  /** From `now` on, this share of CPU time is taken from the guest. */
  throttle(fraction: number, { writers = false, runSeconds = 0 }: ThrottleOptions, now: number): void {
    if (this.#paused) return;
    this.account(now);
    this.#duty = fraction > 0 && runSeconds > 0 ? DutyCycle.of(fraction, now, runSeconds, writers) : undefined;
    const [speed, readersSpeed] = this.#duty?.speeds ?? [1 - fraction, writers ? 1 : 1 - fraction];
    this.source.setSpeed(speed, readersSpeed, now);
  }

  pause(now: number): void {
    this.account(now);
    this.#duty = undefined;
    this.source.setSpeed(0, 0, now);
    this.#paused = true;
  }

  /** The migration is given up: a paused guest runs again, a throttled one keeps its speed. */
  giveUp(now: number): void {
    this.account(now);
    this.#duty = undefined;
    if (this.#paused) this.source.setSpeed(1, 1, now);
  }

  /** Books the guest's work since it was booked last, at the speed that it had until `now`. */
  account(now: number): void {
    const { fraction } = this.source;
    this.recorder.worked(this.#workedUntil, now, fraction);
    if (!this.#paused) this.throttledSeconds += (now - this.#workedUntil) * (1 - fraction);
    this.#workedUntil = now;
  }

  /**
   * Lets time pass from `now` on until whatever is going on has ended. Returns when something broke, if it did: no time
   * passes after that. The engine's hottest loop.
   */
  pass(now: number, until: { readonly end: number; readonly done: boolean }, transmission?: Transmission): number | undefined {
    const { source, recorder } = this;
    let sentBefore = 0;
    let freshBefore = 0;
    source.dirtied = source.staled = 0;
    const record = () => {
      const sent = transmission ? transmission.started : 0;
      const fresh = transmission?.freshPages ?? 0;
      recorder.add(sent - sentBefore, fresh - freshBefore, source.dirtied, source.staled);
      [sentBefore, freshBefore, source.dirtied, source.staled] = [sent, fresh, 0, 0];
    };
    recorder.enter(now);
    for (;;) {
      const stop = Math.min(recorder.boundary, this.#nextEventAt());
      const writeAt = source.nextWriteAt;
      if (transmission && !transmission.done) {
        // Up to the next write, pages start as if the guest stood still …
        transmission.startBefore(Math.min(writeAt, stop));
        if (transmission.done) continue;
        // … and up to the horizon, it writes as if no page started: but for the words in which some do.
        if (writeAt <= stop) {
          const { apart } = transmission;
          transmission.lookAhead(apart ? stop : Math.min(stop, source.batchEndsAt));
          const { horizon, word, reach } = transmission;
          const until = Math.max(writeAt, Math.min(stop, horizon));
          if (apart) source.writeUntil(until, -1, -1);
          else if (source.writeUntil(until, word, reach)) transmission.reconsider();
          continue;
        }
      } else {
        if (writeAt <= Math.min(stop, until.end)) {
          source.writeUntil(Math.min(stop, until.end), -1, -1);
          continue;
        }
        if (until.end < stop) break;
      }
      if (stop === recorder.boundary) {
        record();
        recorder.enter(stop);
      } else if (this.fault && this.fault.at <= stop) {
        record();
        return stop;
      } else if (this.#duty && this.#duty.until <= stop) {
        this.account(stop);
        this.#duty.turn();
        source.setSpeed(...this.#duty.speeds, stop);
      } else {
        this.device!.wrote(this.device!.writes.take(), stop);
        transmission?.reconsider();
      }
    }
    record();
    return undefined;
  }

  /** When something other than a write or a page happens: a device writes, a throttled guest's turn ends, something breaks. */
  #nextEventAt(): number {
    // A device keeps its own time, but it stands still with the guest.
    const deviceAt = this.device === undefined || this.#paused ? Infinity : this.device.writes.dueAt();
    return Math.min(this.#duty?.until ?? Infinity, deviceAt, this.fault?.at ?? Infinity);
  }
}
