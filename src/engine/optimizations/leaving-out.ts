import type { Migration, PageSet, SendOptions, Step } from '../api';
import type { Interception } from './optimization';

/** Which free pages a migration leaves out: those that it was told of and that are still free. */
export class LeftOut {
  #told: PageSet;

  constructor(private readonly m: Migration) {
    this.#told = m.guest.pages([]);
  }

  /** From now on these pages, which are free, are left out until the guest writes them. */
  add(pages: PageSet): void {
    this.#told = this.#told.union(pages);
    this.release();
  }

  /** Those of which the destination needs no copy right now. */
  get pages(): PageSet {
    return this.#told.intersect(this.m.freePages());
  }

  /** Tells the destination again: what was read as dirty, or discarded, may be free. */
  release(): void {
    this.m.release(this.pages);
  }

  /** The verbs of a migration that leaves these pages out of everything before the hand-over. */
  get interception(): Interception & { send(pages: PageSet, options: SendOptions): Generator<Step, void, void> } {
    const { m } = this;
    const needed = (pages: PageSet) => (m.resumed ? pages : pages.minus(this.pages));
    return {
      verbs: {
        syncDirty: () => {
          const dirty = m.syncDirty();
          if (m.resumed) return dirty;
          this.release();
          return needed(dirty);
        },
        peekDirty: () => needed(m.peekDirty()),
        secondsToSend: (pages) => m.secondsToSend(needed(pages)),
        resumeAtDestination: () => {
          if (!m.resumed) this.release();
          m.resumeAtDestination();
        },
      },
      *send(pages, options) {
        yield m.send(needed(pages), options);
      },
    };
  }
}
