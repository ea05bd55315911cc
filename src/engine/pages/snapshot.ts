import type { Gap } from './around';
import { CHUNK_WORDS, WORD_SHIFT, type Chunk } from './chunk';
import type { Held } from './pages';

/**
 * A changing set as it was at one moment. It costs nothing but a note of each word that the set loses pages of; only
 * whoever looks at it after that pays, for a copy of the chunks concerned. Most strategies look at once.
 *
 * Notes reach to the next snapshot, and its notes to the one after that: an old snapshot is found by going back from
 * the newest one that has chunks of its own. (Baker, "Shallow binding in Lisp 1.5", CACM 21(7), 1978, for arrays.)
 */
export class Snapshot implements Held {
  /** The snapshot that was taken next: what this one held, but for what is noted here. */
  next: Snapshot | undefined;
  /** Pairs of a word's number in the bitmap and the pages that it has lost. */
  private readonly lost: number[] = [];
  #own: readonly Chunk[] | undefined;

  constructor(
    /** The set's chunks, which change. */
    private readonly live: readonly Chunk[],
    /** The set's chunks as they are, which will not change. */
    private readonly copy: () => Chunk[],
    /** What the set has lost before is not here either. */
    public gap?: Gap,
  ) {}

  get chunks(): readonly Chunk[] {
    return (this.#own ??= this.#restore());
  }

  get now(): readonly Chunk[] {
    return this.#own ?? (this.lost.length === 0 ? this.live : this.chunks);
  }

  /** Word `word` is about to lose these pages. */
  note(word: number, pages: number): void {
    this.lost.push(word, pages);
  }

  #restore(): Chunk[] {
    const later: Snapshot[] = [this];
    let from = this.next;
    for (; from !== undefined && from.#own === undefined; from = from.next) later.push(from);
    const chunks = from === undefined ? this.copy() : [...from.#own!];
    const shared = [...chunks];
    for (const { lost } of later.reverse()) {
      for (let i = 0; i < lost.length; i += 2) {
        const word = lost[i]!;
        const c = word >> WORD_SHIFT;
        if (chunks[c] === shared[c]) chunks[c] = new Uint32Array(chunks[c]!);
        chunks[c]![word & (CHUNK_WORDS - 1)]! |= lost[i + 1]!;
      }
    }
    return chunks;
  }
}
