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

function seriesOf(beats: readonly Beat[]): Series {
  const series = new Series();
  for (const { hostSeconds: time, pagesWritten } of beats) series.add(time, pagesWritten);
  return series;
}
