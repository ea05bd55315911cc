import type { Fault } from '../scenario';
import { at } from './history';

/** The link or the destination broke, and the migration with it. */
export class Broken extends Error {
  constructor(
    /** Is the guest unharmed at the source, or is it lost? */
    readonly outcome: 'failed' | 'lost',
    /** When, in seconds of virtual time. */
    readonly seconds: number,
    message: string,
  ) {
    super(message);
  }
}

/** What broke, in one sentence. */
export function describeFault(fault: Fault): string {
  return fault.kind === 'link'
    ? `The link broke at ${at(fault.at)}.`
    : `The destination host died at ${at(fault.at)}.`;
}
