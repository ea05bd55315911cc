/** A line of the engine, broken on purpose, and the tests that must notice. */
export interface Mutation {
  /** What is broken, in the words of the rule. */
  readonly breaks: string;
  /** Under src/engine. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly line: string;
  readonly becomes: string;
  /** Under test/unit/engine; the first of them that fails ends the run. */
  readonly seenBy: readonly string[];
}

export const mutations: readonly Mutation[] = [
  {
    breaks: 'at the hand-over every page that the destination may read is the newest',
    file: 'migration/rules.ts',
    line: 'if (outdated.size === 0) return;',
    becomes: 'return;',
    seenBy: ['invariants'],
  },
  {
    breaks: 'the guest never runs in two places',
    file: 'migration/verbs.ts',
    line: "this.#find('two-copies-running'",
    becomes: "if (!run) this.#find('two-copies-running'",
    seenBy: ['invariants'],
  },
  {
    breaks: 'the state arrives before the guest runs',
    file: 'migration/rules.ts',
    line: 'const sent = run.stateSent;',
    becomes: 'const sent = run.stateSent ?? { at: 0, paused: true };',
    seenBy: ['invariants'],
  },
  {
    breaks: 'the state that arrives is that of the paused guest',
    file: 'migration/run.ts',
    line: 'this.stateSent = { at: this.now, paused: this.pausedAt !== undefined };',
    becomes: 'this.stateSent = { at: this.now, paused: true };',
    seenBy: ['invariants'],
  },
  {
    breaks: 'post-copy sends each page once',
    file: 'migration/page-service.ts',
    line: 'if (!memory.missing.has(page)) return;',
    becomes: '',
    seenBy: ['guest'],
  },
  {
    breaks: 'a page that the destination has is not overwritten',
    file: 'migration/rules.ts',
    line: 'if (missing.includes(pages)) return;',
    becomes: 'return;',
    seenBy: ['invariants'],
  },
  {
    breaks: 'what the destination asks for goes ahead of what is pushed',
    file: 'migration/page-service.ts',
    line: 'if (!request || request.at > this.#now) return;',
    becomes: 'if (!request || request.at > this.#now || this.#pushing) return;',
    seenBy: ['guest'],
  },
  {
    breaks: 'a copy holds what the page held when its transmission started',
    file: 'guest/memory.ts',
    line: 'this.marks.clearStale(word, bits);',
    becomes: '',
    seenBy: ['properties'],
  },
  {
    breaks: 'a write makes the copy stale',
    file: 'guest/source-guest.ts',
    line: 'const marks = (DIRTY | STALE) << bit;',
    becomes: 'const marks = DIRTY << bit;',
    seenBy: ['properties'],
  },
  {
    breaks: 'a write makes the page dirty',
    file: 'guest/source-guest.ts',
    line: 'const marks = (DIRTY | STALE) << bit;',
    becomes: 'const marks = STALE << bit;',
    seenBy: ['properties'],
  },
  {
    breaks: 'a write into the pages that are just starting is merged in its exact order',
    file: 'guest/source-guest.ts',
    line: 'if ((w - lowest) >>> 0 <= span && !collides) break;',
    becomes: '',
    seenBy: ['properties'],
  },
  {
    breaks: 'at equal times the write comes before the page',
    file: 'network/transmission.ts',
    line: 'while (count < most && position + count * full < budget) count++;',
    becomes: 'while (count < most && position + count * full <= budget) count++;',
    seenBy: ['properties'],
  },
  {
    breaks: 'looking ahead sees every word in which a page may start',
    file: 'network/transmission.ts',
    line: 'if (position > budget) return void (this.horizon = until);',
    becomes: 'if (position > budget / 2) return void (this.horizon = until);',
    seenBy: ['properties'],
  },
  {
    breaks: 'the guest does not write beyond the last page of a step',
    file: 'network/transmission.ts',
    line: 'this.horizon = Math.min(until, this.start + (position - full) / this.#rate);',
    becomes: 'this.horizon = until;',
    seenBy: ['properties'],
  },
  {
    breaks: 'a write at the end of a step belongs to the step',
    file: 'migration/source-time.ts',
    line: 'if (writeAt <= Math.min(stop, until.end)) {',
    becomes: 'if (writeAt < Math.min(stop, until.end)) {',
    seenBy: ['properties'],
  },
  {
    breaks: 'a page that is on its way is not asked for',
    file: 'guest/destination-guest.ts',
    line: 'if (arrival === Infinity && !this.#requested.has(page)) this.#fault(page, at);',
    becomes: 'if (!this.#requested.has(page)) this.#fault(page, at);',
    seenBy: ['guest'],
  },
  {
    breaks: 'the bitmap is cleared by reading it',
    file: 'guest/memory.ts',
    line: '(word) => marks.takeDirty(word)',
    becomes: '(word) => marks.dirty(word)',
    seenBy: ['properties'],
  },
  {
    breaks: 'bytes on the wire are accounted to the byte',
    file: 'network/wire.ts',
    line: 'export const HEADER_BYTES = 8;',
    becomes: 'export const HEADER_BYTES = 9;',
    seenBy: ['properties'],
  },
  {
    breaks: 'the state is accounted for',
    file: 'migration/run.ts',
    line: 'this.stateBytesSent += this.stateBytes;',
    becomes: '',
    seenBy: ['properties'],
  },
  {
    breaks: 'the dirty set lies inside the working set',
    file: 'guest/pattern.ts',
    line: 'return hotCold(workingSet, random);',
    becomes: 'return hotCold(workingSet + 3, random);',
    seenBy: ['properties'],
  },
  {
    breaks: 'the same seed gives the same run',
    file: 'guest/random.ts',
    line: 'this.#a = seed | 0;',
    becomes: 'this.#a = (seed + Math.random() * 0x10000) | 0;',
    seenBy: ['properties'],
  },
  {
    breaks: 'a page of zeros is one only until it is written',
    file: 'guest/source-guest.ts',
    line: 'bitmap[batch[j]! >>> 5]! &= ~(1 << batch[j]!);',
    becomes: 'void 0;',
    seenBy: ['memory'],
  },
  {
    breaks: 'the parts of the time add up to the whole',
    file: 'migration/simulate.ts',
    line: 'resumeSeconds: totalSeconds - downtimeEnd,',
    becomes: 'resumeSeconds: totalSeconds - preparationSeconds,',
    seenBy: ['properties'],
  },
  {
    breaks: 'a stalled vCPU makes no progress',
    file: 'guest/source-guest.ts',
    line: 'this.#anchorTime += seconds / this.writers;',
    becomes: '',
    seenBy: ['tracking'],
  },
  {
    breaks: 'a write that tracking does not see is one to a page that is yet to be sent',
    file: 'guest/memory.ts',
    line: 'unprotected.pages.has(page)',
    becomes: 'true',
    seenBy: ['tracking'],
  },
  {
    breaks: 'the guest does not run where its disk is not',
    file: 'migration/rules.ts',
    line: 'if (run.mirror && !run.mirror.ready) {',
    becomes: 'if (run.mirror && !run.mirror) {',
    seenBy: ['surroundings'],
  },
  {
    breaks: 'a set that a strategy holds does not change',
    file: 'pages/snapshot.ts',
    line: 'this.#lost[this.#notes++] = pages;',
    becomes: 'this.#lost[this.#notes++] = 0;',
    seenBy: ['pages'],
  },
  {
    breaks: 'a gap in a set is known only as far as it has been searched',
    file: 'pages/around.ts',
    line: 'gap ??= { from: (down + 1) * 32, to: up * 32 };',
    becomes: 'gap ??= { from: down * 32, to: up * 32 };',
    seenBy: ['pages'],
  },
  {
    breaks: 'a vCPU is left alone only once all that it may touch is there',
    file: 'guest/stretch.ts',
    line: 'workingSetMoves === 0 ? workingSetStart + workingSetPages : Infinity,',
    becomes: 'workingSetStart + workingSetPages,',
    seenBy: ['properties'],
  },
  {
    breaks: 'what is under way when the link breaks does not arrive',
    file: 'guest/destination-guest.ts',
    line: 'this.#arrivals.receive(time, this.#absent);\n    const lost',
    becomes: 'this.#arrivals.receive(this.#time + 1 / 32_768, this.#absent);\n    const lost',
    seenBy: ['optimizations/broken'],
  },
  {
    breaks: 'the source knows of a request only once it has arrived',
    file: 'guest/destination-guest.ts',
    line: 'const at = time + this.requestSeconds();',
    becomes: 'const at = time;',
    seenBy: ['guest'],
  },
  {
    breaks: 'pages and writes go their own ways only where the guest never writes',
    file: 'network/transmission.ts',
    line: 'return this.#foreseeable && this.word >= this.memory.writtenWords;',
    becomes: 'return this.#foreseeable && this.word >= this.memory.writtenWords >> 1;',
    seenBy: ['properties'],
  },
];
