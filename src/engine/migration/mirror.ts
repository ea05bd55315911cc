import type { StorageSpec } from '../scenario';

/**
 * The copy of the guest's disk, in bytes: a flow, not pages, for what matters here is how long it takes and what it
 * leaves of the link. While it catches up, what the guest writes is copied once more; after that every write goes to
 * both disks at once (QEMU's drive-mirror in its ready state).
 */
export class Mirror {
  /** Bytes sent so far, up to the moment that was booked last. */
  bytes = 0;
  ready = false;
  #bookedWork = 0;

  constructor(private readonly storage: StorageSpec) {}

  /** Seconds until both disks are equal, if the guest works at this speed; Infinity if it writes as fast as the link. */
  secondsToCatchUp(bytesPerSecond: number, speed: number): number {
    const { bytes, writtenBytesPerSecond } = this.storage;
    const left = bytesPerSecond - writtenBytesPerSecond * speed;
    return left > 0 ? bytes / left : Infinity;
  }

  /** Both disks are equal, by the time that the guest has done `work` seconds of work. */
  caughtUp(work: number): void {
    this.ready = true;
    this.#bookedWork = work;
  }

  /** The guest has done `work` seconds of work, and what it wrote went over the link. */
  book(work: number): void {
    if (!this.ready) return;
    this.bytes += (work - this.#bookedWork) * this.storage.writtenBytesPerSecond;
    this.#bookedWork = work;
  }

  /** Bytes per second that the mirror takes of the link. */
  rate(speed: number): number {
    return this.ready ? this.storage.writtenBytesPerSecond * speed : 0;
  }
}
