import { READY_MARK } from './program';

/** One heartbeat, as the host saw it. */
export interface Beat {
  /** The host's clock when it arrived, seconds. */
  readonly hostSeconds: number;
  /** The guest's clock, milliseconds since it was ready; right as long as the guest was never silent for 16 s of its time. */
  readonly guestMilliseconds: number;
  /** Pages written since the guest was ready. */
  readonly pagesWritten: number;
}

/** The guest was silent from one heartbeat to the next, host seconds. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

const FRAME_BYTES = 5;
const MILLISECONDS_MODULUS = 2 ** 14;
const PAGES_MODULUS = 2 ** 21;
/** A guest beats once in a millisecond; a longer silence than this is a gap, seconds. */
export const GAP_SECONDS = 0.002;

/**
 * What the guest says on its serial port, decoded: first `READY_MARK`, then heartbeats of five bytes. Only a heartbeat's
 * first byte has its highest bit set, so that after a lost or doubled byte the next heartbeat is read rightly; what is
 * damaged is counted and left out. What runs over is made up for: the guest's clock at 2¹⁴ ms, pages at 2²¹.
 */
export class Heartbeat {
  readonly #beats: Beat[] = [];
  #text = '';
  #ready = false;
  #frame: number[] = [];
  /** Can the last heartbeat still turn out to have had a byte too many? */
  #doubtful = false;
  #damaged = 0;

  /** @param hostSeconds when the bytes arrived, by a clock that never goes back */
  push(bytes: Uint8Array, hostSeconds: number): void {
    for (const byte of bytes) {
      if (!this.#ready) this.#awaitReady(byte);
      else this.#take(byte, hostSeconds);
    }
  }

  /** Has the guest filled its memory and begun its work? */
  get ready(): boolean {
    return this.#ready;
  }

  get beats(): readonly Beat[] {
    return this.#beats;
  }

  /** Heartbeats that arrived incomplete or out of order. */
  get damaged(): number {
    return this.#damaged;
  }

  /** Pages written so far, as far as is known. */
  get pagesWritten(): number {
    return this.#beats.at(-1)?.pagesWritten ?? 0;
  }

  /** Pages written when the host's clock showed so many seconds: by the last heartbeat up to then. */
  pagesAt(hostSeconds: number): number {
    return this.#beats[this.#last(hostSeconds)]?.pagesWritten ?? 0;
  }

  /** Silences longer than `longerThan` seconds that end after `since`, the latest last. */
  gaps(since = -Infinity, longerThan = GAP_SECONDS): Gap[] {
    const gaps: Gap[] = [];
    for (let i = Math.max(1, this.#last(since) + 1); i < this.#beats.length; i++) {
      const from = this.#beats[i - 1].hostSeconds;
      const to = this.#beats[i].hostSeconds;
      if (to - from > longerThan) gaps.push({ from, to });
    }
    return gaps;
  }

  /** Pages written per second of the host's clock between two of its times; undefined without two heartbeats there. */
  rate(from: number, to: number): number | undefined {
    const [first, last] = this.#ends(from, to);
    if (first === undefined || last === undefined || last.hostSeconds <= first.hostSeconds) return undefined;
    return (last.pagesWritten - first.pagesWritten) / (last.hostSeconds - first.hostSeconds);
  }

  /** Pages written per second of the guest's clock, between two times of the host's. */
  guestRate(from: number, to: number): number | undefined {
    const [first, last] = this.#ends(from, to);
    if (first === undefined || last === undefined || last.guestMilliseconds <= first.guestMilliseconds) return undefined;
    return ((last.pagesWritten - first.pagesWritten) / (last.guestMilliseconds - first.guestMilliseconds)) * 1000;
  }

  #ends(from: number, to: number): [Beat | undefined, Beat | undefined] {
    const before = this.#last(from);
    const first = before >= 0 && this.#beats[before].hostSeconds === from ? before : before + 1;
    const last = this.#last(to);
    return last > first ? [this.#beats[first], this.#beats[last]] : [undefined, undefined];
  }

  /** The number of the last heartbeat up to a time, −1 if there is none. */
  #last(hostSeconds: number): number {
    let low = 0;
    let high = this.#beats.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#beats[middle].hostSeconds <= hostSeconds) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #awaitReady(byte: number): void {
    this.#text = (this.#text + String.fromCharCode(byte)).slice(-READY_MARK.length);
    this.#ready = this.#text === READY_MARK;
  }

  #take(byte: number, hostSeconds: number): void {
    if (byte >= 0x80) {
      if (this.#frame.length > 0) this.#damaged++; // the one before was not complete
      this.#frame = [];
      this.#doubtful = false;
    } else if (this.#frame.length === 0) {
      // A byte too many. One was doubled somewhere in the heartbeat before, whose last bytes are then not what they seemed.
      if (this.#doubtful) this.#beats.pop();
      this.#doubtful = false;
      this.#damaged++;
      return;
    }
    this.#frame.push(byte & 0x7f);
    if (this.#frame.length < FRAME_BYTES) return;
    const [time0, time1, pages0, pages1, pages2] = this.#frame;
    this.#frame = [];
    this.#doubtful = this.#beat(time0 | (time1 << 7), pages0 | (pages1 << 7) | (pages2 << 14), hostSeconds);
  }

  /** Is it one that can be believed, as far as it goes? */
  #beat(milliseconds: number, pages: number, hostSeconds: number): boolean {
    const before = this.#beats.at(-1);
    const elapsed = ahead(milliseconds, before?.guestMilliseconds ?? 0, MILLISECONDS_MODULUS);
    const written = ahead(pages, before?.pagesWritten ?? 0, PAGES_MODULUS);
    // Half a turn ahead is half a turn back: a heartbeat that is older than the last one.
    if (elapsed >= MILLISECONDS_MODULUS / 2 || written >= PAGES_MODULUS / 2) {
      this.#damaged++;
      return false;
    }
    this.#beats.push({
      hostSeconds,
      guestMilliseconds: (before?.guestMilliseconds ?? 0) + elapsed,
      pagesWritten: (before?.pagesWritten ?? 0) + written,
    });
    return true;
  }
}

/** How far a value that is known modulo `modulus` lies ahead of another. */
function ahead(value: number, of: number, modulus: number): number {
  return (((value - of) % modulus) + modulus) % modulus;
}
