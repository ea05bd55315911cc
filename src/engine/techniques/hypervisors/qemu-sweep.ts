import type { Migration, Page, PageSet, Step } from '../../api';

/**
 * QEMU's own dirty bitmap and the place in it where the migration thread stands (`RAMBlock.bmap` and `PageSearchStatus`,
 * migration/ram.c). The thread walks through memory in a circle. Reading the hypervisor's bitmap adds pages to this one,
 * ahead of the thread and behind it: there are no rounds.
 */
export class QemuSweep {
  #dirty: PageSet;
  #position: Page = 0;
  #syncs = 0;

  constructor(private readonly m: Migration) {
    this.#dirty = m.guest.allPages();
  }

  /** The pages that are to be sent. */
  get dirty(): PageSet {
    return this.#dirty;
  }

  /** What is left as QEMU estimates it: every page counts in full, zero pages too. */
  get pendingBytes(): number {
    return this.#dirty.size * this.m.guest.pageSize;
  }

  /** `dirty-sync-count`: how often the bitmap has been read. */
  get syncs(): number {
    return this.#syncs;
  }

  sync(): void {
    this.#dirty = this.#dirty.union(this.m.syncDirty());
    this.#syncs++;
  }

  /** Sends what is dirty from where the sweep stands, until so many seconds or bytes are used up or nothing is left. */
  *iterate(seconds: number, bytes: number): Generator<Step, void, void> {
    const { m } = this;
    const end = m.now + seconds;
    const enough = m.bytesSent + bytes;
    while (this.#dirty.size > 0 && m.now < end && m.bytesSent < enough) {
      const behind = this.#dirty.between(0, this.#position);
      const ahead = this.#dirty.between(this.#position, m.guest.pageCount);
      const bounds = { seconds: end - m.now, bytes: enough - m.bytesSent };
      // A bound that the link cannot reach is left out: the engine would look at it before every page.
      const outOfReach = bounds.seconds * m.link.bytesPerSecond < bounds.bytes;
      yield m.send(ahead, outOfReach ? { seconds: bounds.seconds } : bounds);
      const left = m.unsent();
      this.#dirty = behind.union(left);
      this.#position = left.size > 0 ? left.first(1).toArray()[0]! : 0;
    }
  }
}
