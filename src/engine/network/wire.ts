import { PAGE_SIZE, type Scenario } from '../scenario';

/** What pages and state cost on the link. */
export interface Wire {
  readonly bytesPerSecond: number;
  /** Seconds, one way. */
  readonly latency: number;
  /** Bytes of a page sent in full, with its header. */
  readonly fullPageBytes: number;
  /** Bytes of a page that holds only zeros. */
  readonly zeroPageBytes: number;
}

/**
 * QEMU's RAM stream puts 8 bytes (address and flags) before each page, and one byte instead of the content of a zero
 * page (migration/ram.c).
 */
const HEADER_BYTES = 8;

export function wireOf({ link, ideal }: Scenario): Wire {
  const header = ideal ? 0 : HEADER_BYTES;
  return {
    bytesPerSecond: link.bytesPerSecond,
    latency: ideal ? 0 : link.latency,
    fullPageBytes: PAGE_SIZE + header,
    zeroPageBytes: header + 1,
  };
}
