/** Exit codes: part of the contract with scripts. */
export const Exit = { ok: 0, failed: 1, usage: 2, infra: 3, interrupted: 130, terminated: 143 } as const;

/** Something that is to be told in sentences, each of which is a line of its own. */
class Told extends Error {
  readonly sentences: readonly string[];

  constructor(...sentences: string[]) {
    super(sentences.join('\n'));
    this.sentences = sentences;
  }
}

/** What the caller gave cannot be used. Each sentence says what, where, and what would be accepted. */
export class UsageError extends Told {}

/** What was asked for is right, but this computer cannot do it. Each sentence says why. */
export class HostError extends Told {}

/** Whoever started this asked it to end, by Ctrl-C or `kill`: nothing is left to be said. */
export class Interrupted extends Error {}
