import { readFileSync } from 'node:fs';
import { expand, parseExperiment, type Run } from '../../src/lab/experiment';
import { PAGE_SIZE } from '../../src/engine';
import { COUNTER_OFFSET, WINDOW_START } from '../../src/qemu/guest/program';
import { findQemu } from '../../src/qemu/host';

/** Skips what needs QEMU where there is none, and says why. */
export async function needsQemu(this: Mocha.Context): Promise<void> {
  const found = await findQemu();
  if (!('missing' in found)) return;
  console.log(`    skipped: ${found.missing}`);
  this.skip();
}

/** The first run that an experiment asks for. */
export function runOf(experiment: string): Run {
  return runsOf(experiment)[0]!;
}

export function runsOf(text: string): Run[] {
  const { experiment, problems } = parseExperiment(text);
  if (!experiment) throw new Error(problems.map(({ message }) => message).join(' '));
  return expand(experiment);
}

/** How often each page of the window had been written, as it says itself in a memory file. */
export function counters(file: string, windowPages: number): number[] {
  const memory = readFileSync(file);
  return Array.from({ length: windowPages }, (_, i) => memory.readUInt32LE(WINDOW_START + i * PAGE_SIZE + COUNTER_OFFSET));
}
