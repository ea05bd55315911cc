/** What runs the guest's code: QEMU's own translator, or the CPU with the kernel's help. */
export type Accelerator = 'tcg' | 'kvm';
