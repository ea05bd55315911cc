/**
 * One run's physical setting, in SI units: what an experiment says once its units, sweeps and comparisons are resolved.
 */
export interface Scenario {
  readonly guest: GuestSpec;
  readonly link: LinkSpec;
  /** Longest downtime the operator accepts, seconds. */
  readonly downtimeLimit: number;
  /** Live rounds the operator accepts. */
  readonly maxRounds: number;
  /** Seeds every random choice of the run. An unsigned 32-bit integer. */
  readonly seed: number;
  /**
   * The world of the closed forms: no headers, no latency, no state, no zero pages, free and instantaneous tracking.
   */
  readonly ideal: boolean;
}

/** How a guest touches its working set, which is its first `workingSetPages` pages. */
export type Workload =
  /** Touches nothing. */
  | 'idle'
  /** Distinct pages at a constant rate, scattered over the working set, then the same again. */
  | 'linear'
  /** Pages in address order, then the same again. */
  | 'sequential'
  /** Uniformly random pages. */
  | 'random'
  /** Random pages; 90 % of the touches go to the first 10 % of the working set. */
  | 'hot-cold';

export const WORKLOADS: readonly Workload[] = ['idle', 'linear', 'sequential', 'random', 'hot-cold'];

export interface GuestSpec {
  /** Memory, in pages of 4096 bytes. */
  readonly pages: number;
  readonly workload: Workload;
  /** Page writes per second, all vCPUs together. */
  readonly writesPerSecond: number;
  /** Page reads per second, all vCPUs together. */
  readonly readsPerSecond: number;
  readonly workingSetPages: number;
  /** Fraction of pages that hold only zeros until they are written, 0 to 1. */
  readonly zeroFraction: number;
  readonly vcpus: number;
  /** vCPU and device state, bytes. */
  readonly stateBytes: number;
}

export interface LinkSpec {
  /** What other traffic leaves to the migration, bytes per second. */
  readonly bytesPerSecond: number;
  /** One way, seconds. */
  readonly latency: number;
}

/** Bytes in a page, as on x86. */
export const PAGE_SIZE = 4096;
