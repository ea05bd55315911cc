/** How dirty pages are tracked: what each step costs, and whom. Times in seconds, of one vCPU or of one thread. */
export interface TrackingSpec {
  readonly mechanism: Mechanism;
  /** A vCPU's stall at the first write to a page after its bit was cleared. */
  readonly firstWriteSeconds: number;
  /** The vCPU exits once in so many pages that became dirty (a log or a ring is full); 0: never. */
  readonly exitPages: number;
  /** A vCPU's stall at such an exit. */
  readonly exitSeconds: number;
  /** The migration thread's time for a reading of the bitmap, for each page of the guest. */
  readonly scanSecondsPerPage: number;
  /** The migration thread's time for a reading of the bitmap, for each page that was dirty. */
  readonly readSecondsPerDirtyPage: number;
  /** Every vCPU's stall when bits are cleared: the others' TLBs are flushed. */
  readonly flushSeconds: number;
  /**
   * Bits are cleared, and pages protected again, not at the reading but in pieces of so many pages, each when the first
   * page of the piece is sent; 0: all at the reading.
   */
  readonly clearChunkPages: number;
}

export type Mechanism =
  /** Costs nothing. */
  | 'none'
  | 'shadow'
  | 'write-protect'
  | 'accessed-dirty'
  | 'pml'
  | 'kvm-bitmap'
  | 'dirty-ring'
  | 'userfaultfd';

/**
 * What the mechanisms cost. What is measured cites its source; the rest is an assumption of ours, of the right order of
 * magnitude, and every figure can be set in an experiment.
 */
export const MECHANISMS: Readonly<Record<Mechanism, TrackingSpec>> = {
  none: mechanism('none', {}),
  // Shadow paging: the first write faults into the hypervisor, which also mends its shadow of the page table. Assumption.
  shadow: mechanism('shadow', { firstWriteSeconds: 4e-6, scanSecondsPerPage: 2e-10, readSecondsPerDirtyPage: 1e-7, flushSeconds: 1e-5 }),
  // EPT write protection: one EPT violation for the first write. "About a microsecond" is an assumption.
  'write-protect': mechanism('write-protect', { firstWriteSeconds: 1.5e-6, scanSecondsPerPage: 2e-10, readSecondsPerDirtyPage: 5e-8, flushSeconds: 1e-5 }),
  // The CPU sets D bits by itself; each reading walks every page-table entry. Assumption: 4 ns an entry.
  'accessed-dirty': mechanism('accessed-dirty', { scanSecondsPerPage: 4e-9, flushSeconds: 1e-5 }),
  // Page-modification logging: the CPU logs 512 addresses, then exits (Intel SDM 3C, 29.3.6: 512 entries of 8 bytes).
  pml: mechanism('pml', { exitPages: 512, exitSeconds: 8e-6, scanSecondsPerPage: 2e-10, readSecondsPerDirtyPage: 5e-8, flushSeconds: 1e-5 }),
  // KVM's bitmap with manual protection: QEMU clears it in pieces of 2^18 pages (clear_bitmap_shift 18).
  'kvm-bitmap': mechanism('kvm-bitmap', { firstWriteSeconds: 1.5e-6, scanSecondsPerPage: 2e-10, readSecondsPerDirtyPage: 5e-8, flushSeconds: 1e-5, clearChunkPages: 1 << 18 }),
  // A ring of 4096 entries for each vCPU: when it is full the vCPU exits and waits until it has been emptied.
  'dirty-ring': mechanism('dirty-ring', { firstWriteSeconds: 1.5e-6, exitPages: 4096, exitSeconds: 4e-4, readSecondsPerDirtyPage: 1e-7, flushSeconds: 1e-5 }),
  // userfaultfd write protection: a process in user space wakes up for each first write. Assumption.
  userfaultfd: mechanism('userfaultfd', { firstWriteSeconds: 1.2e-5, readSecondsPerDirtyPage: 1e-6, flushSeconds: 1e-5 }),
};

function mechanism(name: Mechanism, costs: Partial<TrackingSpec>): TrackingSpec {
  return {
    mechanism: name,
    firstWriteSeconds: 0,
    exitPages: 0,
    exitSeconds: 0,
    scanSecondsPerPage: 0,
    readSecondsPerDirtyPage: 0,
    flushSeconds: 0,
    clearChunkPages: 0,
    ...costs,
  };
}
