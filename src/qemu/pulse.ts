import { hostSeconds } from './clock';
import { Heartbeat, type Beat } from './guest/heartbeat';
import type { Socket } from 'node:net';
import { Series } from './series';

/**
 * The guest's pulse, heard on the serial port of the side on which it runs. One decoder for both: the guest goes on with
 * its sentence at the destination.
 */
export class Pulse {
  readonly #heartbeat = new Heartbeat();
  /** The first heartbeat from the destination. */
  #firstThere?: number;
  #waiting?: () => void;

  hear(serial: Socket, side: 'source' | 'destination'): void {
    serial.on('error', () => undefined);
    serial.on('data', (bytes: Buffer) => {
      const before = this.#heartbeat.beats.length;
      this.#heartbeat.push(bytes, hostSeconds());
      if (this.#heartbeat.beats.length === before) return;
      if (side === 'destination') this.#firstThere ??= before;
      this.#waiting?.();
    });
  }

  get beats(): number {
    return this.#heartbeat.beats.length;
  }

  get isAtDestination(): boolean {
    return this.#firstThere !== undefined;
  }

  /** Page writes per second of the host's clock. */
  rate(from: number, to: number): number | undefined {
    return this.#heartbeat.rate(from, to);
  }

  /** Resolves when so many more heartbeats have come. */
  more(count: number): Promise<void> {
    const enough = this.beats + count;
    return new Promise((resolve) => {
      this.#waiting = () => {
        if (this.beats < enough) return;
        this.#waiting = undefined;
        resolve();
      };
    });
  }

  /** The pages written, as told from each side. */
  series(): { source: Series; destination: Series } {
    const { beats } = this.#heartbeat;
    const first = this.#firstThere ?? beats.length;
    return { source: seriesOf(beats.slice(0, first)), destination: seriesOf(beats.slice(first)) };
  }
}

/**
 * The pages written, at the times when the guest said so. We may hear of it late, when this computer is busy, but never
 * early; and the guest's clock runs as ours does, except while it is stopped. So on each side the guest's clock and the
 * heartbeat that was the least late tell when each of them was sent, to the millisecond that it counts in.
 */
export function seriesOf(beats: readonly Beat[]): Series {
  const series = new Series();
  const behind = beats.reduce((least, beat) => Math.min(least, beat.hostSeconds - beat.guestMilliseconds / 1000), Infinity);
  for (const { guestMilliseconds, pagesWritten } of beats) series.add(guestMilliseconds / 1000 + behind, pagesWritten);
  return series;
}
