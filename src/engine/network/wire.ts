import { PAGE_SIZE, type Scenario } from '../scenario';

/** What pages and state cost on the link. */
export interface Wire {
  readonly bytesPerSecond: number;
  /** Seconds, one way. */
  readonly latency: number;
  /** Bytes that stand before each page; 0 where its place in a packet says the same. */
  readonly headerBytes: number;
  /** Bytes of a page sent in full, with its header. */
  readonly fullPageBytes: number;
  /** Bytes of the mark that stands for a page of zeros, with its header; undefined if zero pages are sent in full. */
  readonly zeroPageBytes: number | undefined;
  /** CPU seconds of the sender for a page of each kind: if they are more than its time on the link, they set the pace. */
  readonly fullPageSeconds: number;
  readonly zeroPageSeconds: number;
  /** Bytes that stand before each packet of pages, instead of a header before each page; 0: there are no packets. */
  readonly packetBytes: number;
}

/**
 * QEMU's RAM stream puts 8 bytes (address and flags) before each page, and one byte instead of the content of a zero
 * page (migration/ram.c).
 */
export const HEADER_BYTES = 8;

/** Pages in one of multifd's packets (MULTIFD_PACKET_SIZE, migration/multifd.h). */
export const PACKET_PAGES = 128;

/** The wire of a migration; or what is left of it after the hand-over, when all pages go over one connection. */
export function wireOf({ link, ideal, stream }: Scenario, { handedOver = false } = {}): Wire {
  const channels = handedOver ? 1 : (stream?.channels ?? 1);
  const packetBytes = ideal || handedOver ? 0 : (stream?.packetBytes ?? 0);
  const headerBytes = ideal || packetBytes > 0 ? 0 : HEADER_BYTES;
  // In a packet, a zero page is a place among the others' and nothing more.
  const zeroPageBytes = packetBytes > 0 ? 0 : headerBytes + 1;
  return {
    bytesPerSecond: link.bytesPerSecond,
    latency: ideal ? 0 : link.latency,
    headerBytes,
    fullPageBytes: PAGE_SIZE + headerBytes,
    zeroPageBytes: (stream?.zeroPages ?? true) ? zeroPageBytes : undefined,
    fullPageSeconds: ideal ? 0 : (stream?.fullPageSeconds ?? 0) / channels,
    zeroPageSeconds: ideal ? 0 : (stream?.zeroPageSeconds ?? 0) / channels,
    packetBytes,
  };
}
