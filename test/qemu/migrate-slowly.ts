import { runOnQemu } from '../../src/qemu/run';
import { runOf } from './real-run';

/** A process to be killed in the middle of a migration: it says so once it is there. */
const run = runOf('guest: { memory: 64 MiB, writes: 1 MiB/s }\nlink: 20 Mbit/s\ntechnique: pre-copy');
let said = false;
const progress = ({ phase }: { phase: string }) => {
  if (phase !== 'Migrating' || said) return;
  said = true;
  console.log('migrating');
};
void runOnQemu(run, { progress });
