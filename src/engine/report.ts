import type { Page } from './api';
import type { ClientReport } from './client/client-view';
import type { FaultLatency } from './guest/fault-latency';

/** What one migration did, measured. Everything that carries a unit says so in its name. */
export interface Report {
  /** The technique's name, or the strategy's file. */
  technique: string;
  /**
   * The guest runs at the destination, needs nothing from the source any more, and the pages that were sent while it
   * was paused took no longer than the downtime limit (or there was no live round to shrink them). Downtime itself may
   * be longer: state, latency and disks are not what live rounds are for.
   */
  converged: boolean;
  /** Set if the strategy gave up. */
  aborted?: string;
  /** Set if the link or the destination broke: is the guest unharmed at the source, or lost? And in a sentence, why. */
  broken?: { outcome: 'failed' | 'lost'; message: string };
  /** The live rounds: what was sent while the guest ran at the source, between two readings of the dirty bitmap. */
  rounds: Round[];

  /** Connecting, before the first page could go; part of the preparation. */
  setupSeconds: number;
  /** Start to pause. */
  preparationSeconds: number;
  /** Pause at the source to running at the destination. */
  downtimeSeconds: number;
  /** Where the downtime went. The parts add up to `downtimeSeconds`. */
  downtimeParts: DowntimeParts;
  /** Running at the destination to needing nothing from the source. */
  resumeSeconds: number;
  /** preparation + downtime + resume. */
  totalSeconds: number;
  /**
   * Eviction time (Deshpande et al., Scatter-Gather live migration, CLOUD 2014): when the last byte that the guest needs
   * has left the source host, which can be freed. Absent if the source is still needed, or the guest is lost, and for a
   * real machine.
   */
  evictionSeconds?: number;

  /** Page transmissions, however encoded, repeated ones included. */
  pagesSent: number;
  pagesByEncoding: PagesByEncoding;
  /** Pages that were left out of a round since they were dirty again. */
  pagesSkipped: number;
  /** Pages sent while the guest was paused. */
  finalPages: number;
  /** Bytes on the wire: pages, headers and state. */
  transferredBytes: number;
  /** Where they went. The parts add up to `transferredBytes`. */
  transferredParts: { pagesBytes: number; stateBytes: number; storageBytes: number };
  /** The pages' bytes by when they went: before the guest was paused, while it was, and after the hand-over. */
  pagesBytesByPhase: { preparation: number; downtime: number; resume: number };
  /** How the cache of sent pages fared; absent if there was none. */
  xbzrle?: XbzrleReport;
  /** Pages that the running destination had to ask for. */
  networkFaults: number;
  /** How long vCPUs waited for pages, all vCPUs together. */
  faultStallSeconds: number;
  /** How long the network faults took that came to an end; absent if there were none, and for a real machine. */
  faultLatency?: FaultLatency;
  /** Pages that the destination still lacked when the strategy ended: the residual dependency on the source. */
  residualPages: number;

  throughput: Throughput;
  /** Guest work lost during the migration, in seconds of the undisturbed guest, and to what. */
  lostWork: LostWork;
  tracking: TrackingReport;
  /** CPU seconds of the migration thread to find zero pages, to encode and to copy. */
  sendCpuSeconds: number;
  /** What somebody on the network saw; absent if nobody looked. */
  client?: ClientReport;
  timeline: Timeline;
  violations: Finding[];
  /** What the strategy wrote with `note()`. */
  notes: { seconds: number; text: string }[];

  /** The setting, for whoever reads the report later. */
  guestPages: number;
  linkBytesPerSecond: number;
  downtimeLimitSeconds: number;
  seed: number;
  /** The engine's version. */
  engine: string;
}

/** Transmissions by how the page was put into the stream. */
export interface PagesByEncoding {
  full: number;
  zero: number;
  /** As the difference to what was sent before; 0 bytes if there is none. */
  xbzrle?: number;
  compressed?: number;
  /** As a reference to another page with the same content. */
  duplicate?: number;
}

/** How XBZRLE fared, counted as QEMU counts it (migration/ram.c: save_xbzrle_page). */
export interface XbzrleReport {
  /** How many pages the cache holds. */
  cachePages: number;
  /** Pages that were found in the cache: sent as a difference, or not at all as nothing had changed, or overflowing. */
  pages: number;
  /** Bytes that they took without their headers; an overflowing page counts as a whole one. */
  bytes: number;
  /** Pages that were not in the cache. */
  misses: number;
  /** Pages whose difference would have been longer than themselves. */
  overflows: number;
}

/** The parts add up to the guest's work undisturbed less what it did. */
export interface LostWork {
  /** Downtime. */
  pausedSeconds: number;
  throttledSeconds: number;
  /** First writes to tracked pages, exits because a log was full, flushed TLBs. */
  trackingSeconds: number;
  /** Swapping out what a balloon took. */
  balloonSeconds: number;
  /** Waiting for pages at the destination. */
  faultsSeconds: number;
}

/** What it cost to know which pages are dirty. */
export interface TrackingReport {
  mechanism: string;
  /** Readings of the dirty bitmap, and what they took of the migration thread's time. */
  syncs: number;
  syncSeconds: number;
  /** First writes to tracked pages that stalled a vCPU; exits because a log was full; their stalls, vCPU-seconds. */
  firstWrites: number;
  exits: number;
  stallSeconds: number;
}

export interface Round {
  /** Page transmissions in this round. */
  pages: number;
  seconds: number;
  /** Distinct pages written while the round lasted. */
  dirtied: number;
}

export interface DowntimeParts {
  /** Sending pages. */
  pagesSeconds: number;
  /** Sending vCPU and device state. */
  stateSeconds: number;
  /** The last byte on its way. */
  latencySeconds: number;
  /** The strategy waiting, with nothing being sent. */
  waitingSeconds: number;
  /** What the socket still held on its way out; absent if it held nothing. */
  queueSeconds?: number;
  /** Reading the dirty bitmap; absent if that took no time. */
  trackingSeconds?: number;
  /** Requests that were on their way to the disk when the guest was paused; absent if there were none. */
  storageSeconds?: number;
}

/** The guest's work per second, as a fraction of what it does undisturbed. */
export interface Throughput {
  before: number;
  /** In the worst window of 100 ms. */
  lowest: number;
  /** Mean from the start to the end of the migration. */
  during: number;
  /** In the last window in which the guest ran at the destination; 1 if it needed nothing from the source any more. */
  after: number;
}

/**
 * The run as a few hundred samples of equal length, for charts: down-sampled on purpose. All arrays have the same
 * length.
 */
export interface Timeline {
  /** Length of a sample, seconds. Sample i covers [i, i+1) × sampleSeconds. */
  sampleSeconds: number;
  /** Page transmissions that started in the sample. */
  pagesSent: number[];
  /** Pages that became dirty in the sample (distinct since the last reading of the bitmap). */
  pagesDirtied: number[];
  /** Pages whose newest content the destination did not have, at the end of the sample. */
  pagesRemaining: number[];
  /** Guest work done in the sample, as a fraction of undisturbed. */
  throughput: number[];
  /** When the guest was paused and when it ran at the destination; absent if it never was or did. */
  pausedAtSeconds?: number;
  resumedAtSeconds?: number;
}

/** A broken rule of live migration, with what the reader needs to find the cause. */
export interface Finding {
  kind: FindingKind;
  /** One sentence: what happened. */
  message: string;
  /** One sentence: how it came about, from the history of the page, when there is one. */
  because?: string;
  seconds: number;
  page?: Page;
  /** How many pages are in the same state. */
  pages?: number;
  /** Where in the strategy, if it is known. */
  line?: number;
  column?: number;
}

export type FindingKind =
  /** At the hand-over the destination held an old copy of a page and would have read it. */
  | 'stale-page'
  /** The guest would have run in two places at once. */
  | 'two-copies-running'
  /** The guest would have run before its vCPU and device state was there, or with an outdated one. */
  | 'state-missing'
  /** The guest was resumed at a host that does not have its disk. */
  | 'storage-missing'
  /**
   * A page was sent to the running destination although it had it already: the old content would overwrite newer
   * writes.
   */
  | 'page-overwritten'
  /** The strategy ended and the guest runs nowhere, or still at the source. */
  | 'never-resumed'
  /** A step was made but never yielded, so it never happened. */
  | 'not-yielded'
  /** The strategy yielded something that is not a step. */
  | 'bad-yield'
  /** A verb was called at a time when it makes no sense, or with an argument that it cannot take. */
  | 'bad-call'
  /** The strategy threw. */
  | 'threw'
  /** The strategy used up its budget of steps or of virtual time. */
  | 'endless';
