import type { EncodingSpec } from './encoding/encoding';
import type { Trace } from './trace/trace';
import type { TrackingSpec } from './tracking/tracking';

/**
 * One run's physical setting, in SI units: what an experiment says once its units, sweeps and comparisons are resolved.
 */
export interface Scenario {
  readonly guest: GuestSpec;
  readonly link: LinkSpec;
  /** How the source finds out which pages were written, and what that costs. Absent: it costs nothing. */
  readonly tracking?: TrackingSpec;
  /** How pages are put into the stream. Absent: in full, zero pages as a mark, and the CPU is never the bottleneck. */
  readonly stream?: StreamSpec;
  readonly destination?: DestinationSpec;
  /** Absent: the disk is on a server that both hosts reach, and idle when the guest is paused. */
  readonly storage?: StorageSpec;
  /** Somebody on the network who uses the guest; absent: nobody looks. */
  readonly client?: ClientSpec;
  /** What breaks, in the order of its times. */
  readonly faults?: readonly Fault[];
  /** Is a migration that the link broke after the hand-over taken up again (QEMU's postcopy recovery)? Default: no. */
  readonly recovers?: boolean;
  /** Longest downtime the operator accepts, seconds. */
  readonly downtimeLimit: number;
  /** Live rounds the operator accepts. */
  readonly maxRounds: number;
  /**
   * What the operator lets a migration take of the link, bytes per second. Default: all of it. It is up to the strategy
   * what it makes of this (QEMU: a quota for each tenth of a second, and none for the final copy).
   */
  readonly maxBandwidth?: number;
  /** Connecting and starting to track, before the first page can go, seconds. Default: 0. */
  readonly setupSeconds?: number;
  /** For how long a hypervisor that gives up by itself is patient, seconds: a run is not called endless before. Default: 0. */
  readonly patienceSeconds?: number;
  /** Seeds every random choice of the run. An unsigned 32-bit integer. */
  readonly seed: number;
  /**
   * The world of the closed forms: no headers, no latency, no state, no zero pages, free and instantaneous tracking.
   */
  readonly ideal: boolean;
}

/** How a guest touches its working set. */
export type Workload =
  /** Touches nothing. */
  | 'idle'
  /** Distinct pages at a constant rate, scattered over the working set, then the same again. */
  | 'linear'
  /** Pages in address order, then the same again. */
  | 'sequential'
  /** Each page once, in address order, and then none any more. */
  | 'once'
  /** Uniformly random pages. */
  | 'random'
  /** Random pages; 90 % of the touches go to the first 10 % of the working set. */
  | 'hot-cold';

export const WORKLOADS: readonly Workload[] = ['idle', 'linear', 'sequential', 'once', 'random', 'hot-cold'];

/** What a guest does to its memory, as long as it goes on in the same way. */
export interface Activity {
  readonly workload: Workload;
  /** Page writes per second of guest work, all vCPUs together. */
  readonly writesPerSecond: number;
  /** Page reads per second of guest work, all vCPUs together. */
  readonly readsPerSecond: number;
  readonly workingSetPages: number;
  /** Where the working set begins; default: page 0. It wraps around the end of memory. */
  readonly workingSetStart?: number;
  /** How fast the working set moves up through memory, in pages per second of guest work; default: 0. */
  readonly workingSetMoves?: number;
}

/** An activity that ends after some guest work, seconds. */
export interface Phase extends Activity {
  readonly seconds: number;
}

export interface GuestSpec extends Activity {
  /** Memory, in pages of 4096 bytes. */
  readonly pages: number;
  /** Instead of one activity for ever: one phase after the other, and again from the first. */
  readonly phases?: readonly Phase[];
  /** Instead of an activity: what a real guest was seen to do, again and again. */
  readonly trace?: Trace;
  readonly vcpus: number;
  /** How many of the vCPUs write; the others only read. Default: all. */
  readonly writers?: number;
  /**
   * Does each vCPU keep to its own slice of the working set, as processes do that each work on their own data? Default:
   * false. A trace says for itself what is touched.
   */
  readonly partitioned?: boolean;
  /** vCPU and device state, bytes. */
  readonly stateBytes: number;
  /** Fraction of pages that hold only zeros until they are written, 0 to 1. */
  readonly zeroFraction: number;
  readonly content?: ContentSpec;
  /** Fraction of pages that the guest's system has not given to anybody; they sit at the top of memory. Default: 0. */
  readonly freeFraction?: number;
  /** Fraction of pages that hold copies of what is on the disk; they sit below the free ones. Default: 0. */
  readonly cacheFraction?: number;
  /** Writes of a passed-through device, per second, to pages of the working set; the CPU's tracking does not see them. */
  readonly deviceWritesPerSecond?: number;
  /** Does the device report what it wrote (VFIO's dirty tracking)? Default: false. */
  readonly deviceTracked?: boolean;
}

/** What the pages that are not zero hold. */
export interface ContentSpec {
  /** Mean size of a page after compression, as a fraction of 4096 bytes; default: 1. */
  readonly compressedFraction?: number;
  /** Bytes that one write changes; default: 64, a cache line (assumption). */
  readonly bytesPerWrite?: number;
  /** Fraction of pages whose content occurs in the guest more than once, until they are written; default: 0. */
  readonly duplicateFraction?: number;
  /** Keep the bytes themselves, so that encodings have their true sizes: for guests of at most 64 MiB. Default: false. */
  readonly realBytes?: boolean;
}

export interface LinkSpec {
  /** What other traffic leaves to the migration, bytes per second. */
  readonly bytesPerSecond: number;
  /** One way, seconds. */
  readonly latency: number;
  /**
   * Bytes that the source's socket takes before they leave: the hand-over, and a page that is asked for, queue behind them.
   * Default: 0.
   */
  readonly queueBytes?: number;
  /** A page that is asked for has a connection of its own, and passes that queue. Default: no. */
  readonly urgentChannel?: boolean;
}

export interface StreamSpec {
  /** Tried in this order on each page; what none of them takes is sent in full. */
  readonly encodings: readonly EncodingSpec[];
  /** Are zero pages found and sent as a mark? Default: true. */
  readonly zeroPages?: boolean;
  /** CPU seconds of the migration thread to find that a page holds only zeros; default: 0. */
  readonly zeroPageSeconds?: number;
  /** CPU seconds of the migration thread to put a page into the stream in full; default: 0. */
  readonly fullPageSeconds?: number;
  /** Threads that share the CPU work (QEMU's multifd channels); default: 1. */
  readonly channels?: number;
  /** Bytes that stand before each packet of 128 pages, instead of 8 before each page (multifd); default: no packets. */
  readonly packetBytes?: number;
}

export interface DestinationSpec {
  /** CPU seconds to catch a missing page and to put it in place, beside the network's time; default: 0. */
  readonly faultSeconds?: number;
}

/** The guest's disk. */
export interface StorageSpec {
  /** Its size, if only the source host has it, so that it must be copied; 0: both hosts reach it. */
  readonly bytes: number;
  /** How fast the undisturbed guest writes it, bytes per second. */
  readonly writtenBytesPerSecond: number;
  /** When the guest is paused, requests are on their way to the disk: how long until the last one is done, seconds. */
  readonly inFlightSeconds?: number;
}

export interface ClientSpec {
  /** It sends a probe every so many seconds. */
  readonly probeSeconds: number;
  /** Its TCP connections are given up after standing still for so long. */
  readonly patienceSeconds: number;
  /**
   * Is the guest announced at the destination (gratuitous ARP): by the strategy when it calls `announce()`, or else by the
   * host as soon as the guest runs there? Default: yes. No: whatever the strategy calls, nothing gets through.
   */
  readonly announced?: boolean;
  /** Otherwise the network learns where the guest is from the first frame that the guest sends: after so long. Default: 1. */
  readonly firstFrameSeconds?: number;
}

/** Something that breaks, at `at` seconds after the start. */
export type Fault =
  /** Nothing gets through for so long, and what is under way is lost. */
  | { readonly kind: 'link'; readonly at: number; readonly seconds: number }
  /** The destination host dies. */
  | { readonly kind: 'destination'; readonly at: number };

/** Bytes in a page, as on x86. */
export const PAGE_SIZE = 4096;
