import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { readTrace } from '../../src/engine/trace/format';
import { findQemu } from '../../src/qemu/host';
import { missingTools } from '../../src/qemu/record/image';
import { recordTraces } from '../../src/qemu/record/record';
import { statisticsOf } from '../../src/qemu/record/statistics';

/**
 * Boots a real kernel and records a second of it. Emulating 1000 million instructions a second takes some 20 s to boot
 * on a computer that is idle, and minutes on one that is not, and the image comes from Debian's mirror: so it runs only
 * where somebody asks for it, and names a folder for what is downloaded.
 */
const cache = process.env['VMLAB_RECORD_CACHE'];

describe('recording a real guest', function () {
  this.timeout(20 * 60_000);

  it('gives a trace of what it did', async function () {
    if (cache === undefined) return skip(this, 'it takes minutes: set VMLAB_RECORD_CACHE to a folder to run it');
    const missing = missingTools();
    if (missing) return skip(this, missing);
    const qemu = await findQemu();
    if ('missing' in qemu) return skip(this, qemu.missing);
    const out = mkdtempSync(join(tmpdir(), 'vmlab-record-'));
    try {
      const steps: string[] = [];
      const progress = (step: string) => steps.push(step);
      const options = { out, cache, warmUpSeconds: 1, seconds: 1, progress };
      const [recorded] = await recordTraces(['idle'], options);
      const trace = readTrace(await readFile(recorded!.file));
      expect(trace.intervals).to.have.length(10);
      expect(trace.pageCount).to.equal(65_536);
      const { zeroShare, dirtyMedian } = statisticsOf(trace);
      // A booted Linux has left most of 256 MiB untouched, and even at rest its clock ticks.
      expect(zeroShare).to.be.within(0.6, 0.95);
      expect(dirtyMedian).to.be.within(3, 500);
      expect(steps).to.include('idle: recording');
      // What is finished is not recorded again.
      steps.length = 0;
      await recordTraces(['idle'], options);
      expect(steps).not.to.include('idle: booting');
    } finally {
      rmSync(out, { recursive: true });
    }
  });
});

function skip(context: Mocha.Context, reason: string): never {
  console.log(`    skipped: ${reason}`);
  return context.skip();
}
