import type { MigrationInfo } from './query-migrate';
import type { Series } from './series';

/** What was seen of one migration. All times are of `hostSeconds()`. */
export interface Observations {
  /** `migrate` was given. */
  readonly startedAt: number;
  /** Nothing came after this. */
  readonly endedAt: number;
  readonly outcome: Outcome;
  /** QEMU's answers at the source, one after the other; the last one is that of the end. */
  readonly polls: readonly Poll[];
  /** The destination's answer at the end; empty if nobody was there to give one. */
  readonly destination: MigrationInfo;
  /** When the bitmap was read: the set-up's reading comes first. */
  readonly syncs: readonly number[];
  /** The guest was stopped at the source; undefined: it never was. */
  readonly stoppedAt?: number;
  /** The heartbeats that the guest sent from each side: when we heard them, and the pages that it had written. */
  readonly source: Series;
  readonly atDestination: Series;
  /** Page writes per second, before the migration. */
  readonly undisturbedRate: number;
  /** Bytes that went over the link of ours towards the destination; undefined: there was none. */
  readonly linkBytes?: number;
  /** Did we stop the guest because it had too many rounds? */
  readonly forced: boolean;
}

export interface Poll {
  readonly hostSeconds: number;
  readonly info: MigrationInfo;
}

/** `late`: it was cancelled since it took too long. Failed: the guest is unharmed at the source. */
export type Outcome =
  | { readonly kind: 'arrived' }
  | { readonly kind: 'late'; readonly message: string }
  | { readonly kind: 'failed' | 'lost'; readonly message: string };
