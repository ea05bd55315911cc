/** Exit codes: part of the contract with scripts. */
export const Exit = { ok: 0, failed: 1, usage: 2, infra: 3, interrupted: 130 } as const;

/** What the caller gave cannot be used. The message is one line that says what, where, and what would be accepted. */
export class UsageError extends Error {}

/** What was asked for is right, but this computer cannot do it. The message is one line that says why. */
export class HostError extends Error {}

/** Whoever started this pressed Ctrl-C: nothing is left to be said. */
export class Interrupted extends Error {}
