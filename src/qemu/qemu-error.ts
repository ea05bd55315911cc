/** A real migration could not be made. The message is one sentence for people: what is wrong, and what would help. */
export class QemuError extends Error {}
