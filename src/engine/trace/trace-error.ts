/**
 * A recorded trace that cannot be read or written. The message is one sentence: where, what is wrong, and what would be
 * accepted.
 */
export class TraceError extends Error {
  override readonly name = 'TraceError';

  constructor(
    /** The part of the trace or of its file, as in `group 3, page numbers`. */
    readonly where: string,
    what: string,
    accepted: string,
  ) {
    super(`Recorded trace, ${where}: ${what}; expected ${accepted}.`);
  }
}
