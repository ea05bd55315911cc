import type { Memory } from '../guest/memory';
import type { Pages } from '../pages/pages';
import { PACKET_PAGES, type Wire } from './wire';

/** Bytes that these pages would take on the link now, if none of them were encoded. */
export function bytesOf(pages: Pages, wire: Wire, memory: Memory): number {
  const zeros = wire.zeroPageBytes === undefined ? 0 : memory.zerosIn(pages);
  const packetsBytes = Math.ceil(pages.size / PACKET_PAGES) * wire.packetBytes;
  return packetsBytes + (pages.size - zeros) * wire.fullPageBytes + zeros * (wire.zeroPageBytes ?? 0);
}

/** Seconds that they would take at this rate, bytes per second: their bytes', or the sender's CPU's where it is slower. */
export function secondsOf(pages: Pages, wire: Wire, memory: Memory, rate: number): number {
  const zeros = wire.zeroPageBytes === undefined ? 0 : memory.zerosIn(pages);
  const longer = (bytes: number, cpuSeconds: number) => Math.max(0, cpuSeconds - bytes / rate);
  return (
    bytesOf(pages, wire, memory) / rate +
    (pages.size - zeros) * longer(wire.fullPageBytes, wire.fullPageSeconds) +
    zeros * longer(wire.zeroPageBytes ?? 0, wire.zeroPageSeconds)
  );
}
