import { PAGE_SIZE, type Scenario } from '../scenario';

/** What pages and state cost on the link. */
export interface Wire {
  readonly bytesPerSecond: number;
  /** Seconds, one way. */
  readonly latency: number;
  /** Bytes of a page sent in full, with its header. */
  readonly fullPageBytes: number;
  /** Bytes of the mark that stands for a page of zeros, with its header; undefined if zero pages are sent in full. */
  readonly zeroPageBytes: number | undefined;
  /** CPU seconds of the sender for a page of each kind: if they are more than its time on the link, they set the pace. */
  readonly fullPageSeconds: number;
  readonly zeroPageSeconds: number;
}

/**
 * QEMU's RAM stream puts 8 bytes (address and flags) before each page, and one byte instead of the content of a zero
 * page (migration/ram.c).
 */
export const HEADER_BYTES = 8;

export function wireOf({ link, ideal, stream }: Scenario): Wire {
  const header = ideal ? 0 : HEADER_BYTES;
  const channels = stream?.channels ?? 1;
  return {
    bytesPerSecond: link.bytesPerSecond,
    latency: ideal ? 0 : link.latency,
    fullPageBytes: PAGE_SIZE + header,
    zeroPageBytes: (stream?.zeroPages ?? true) ? header + 1 : undefined,
    fullPageSeconds: ideal ? 0 : (stream?.fullPageSeconds ?? 0) / channels,
    zeroPageSeconds: ideal ? 0 : (stream?.zeroPageSeconds ?? 0) / channels,
  };
}
