import type { Gap } from './around';
import { CHUNK_WORDS, WORD_SHIFT, type Chunk } from './chunk';
import type { Held } from './pages';

/** So many changed words an epoch remembers: about what copying a handful of chunks costs. */
const MOST_NOTES = 1024;

/**
 * A spell in the life of a set that loses pages. It notes what the set loses; so the set as it was at any moment of the
 * spell is the set as it is, or as it was when the spell ended, and what it has lost since then. Most strategies look
 * at a snapshot at once and never again, and so nobody has to copy anything. (Baker, "Shallow binding in Lisp 1.5", CACM
 * 21(7), 1978, keeps older versions of arrays like that.)
 */
export class Epoch {
  readonly #words = new Int32Array(MOST_NOTES);
  readonly #lost = new Int32Array(MOST_NOTES);
  #notes = 0;
  #atEnd: readonly Chunk[] | undefined;

  constructor(
    /** The set's chunks, which change. */
    private readonly live: readonly Chunk[],
    /** The set's chunks as they are, which will not change any more. */
    private readonly share: () => readonly Chunk[],
  ) {}

  /** How far the epoch has come. */
  get moment(): number {
    return this.#notes;
  }

  /** Word `word` is about to lose these pages. Returns true if this is all that the epoch can remember. */
  note(word: number, pages: number): boolean {
    this.#words[this.#notes] = word;
    this.#lost[this.#notes++] = pages;
    return this.#notes === MOST_NOTES;
  }

  end(): void {
    this.#atEnd = this.share();
  }

  /** The set as it was at that moment; for a look there and then, for it may still change. */
  glimpse(moment: number): readonly Chunk[] | undefined {
    return moment === this.#notes && this.#atEnd === undefined ? this.live : undefined;
  }

  /** The set as it was at that moment. */
  chunksAt(moment: number): readonly Chunk[] {
    const later = this.#atEnd ?? this.share();
    const chunks = [...later];
    for (let i = moment; i < this.#notes; i++) {
      const word = this.#words[i]!;
      const c = word >> WORD_SHIFT;
      if (chunks[c] === later[c]) chunks[c] = new Uint32Array(later[c]!);
      chunks[c]![word & (CHUNK_WORDS - 1)]! |= this.#lost[i]!;
    }
    return chunks;
  }
}

/** A changing set as it was at one moment. */
export class Snapshot implements Held {
  readonly #moment: number;
  #own: readonly Chunk[] | undefined;

  constructor(
    private readonly epoch: Epoch,
    /** What the set has lost before is not here either. */
    public gap?: Gap,
  ) {
    this.#moment = epoch.moment;
  }

  get chunks(): readonly Chunk[] {
    return (this.#own ??= this.epoch.chunksAt(this.#moment));
  }

  get now(): readonly Chunk[] {
    return this.#own ?? this.epoch.glimpse(this.#moment) ?? this.chunks;
  }
}
