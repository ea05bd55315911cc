/**
 * A real migration could not be made. The message is one sentence for people: what is wrong, and what would help. `keys`
 * are the settings of the experiment that it is about (`guest.memory`; `technique` for the run's own), the likeliest
 * first; none if this computer is at fault.
 */
export class QemuError extends Error {
  constructor(
    message: string,
    readonly keys: readonly string[] = [],
  ) {
    super(message);
  }
}
