import { QemuError } from '../qemu-error';

/** A recording that cannot be made, or is not fit to be used. The message is one sentence for whoever asked for it. */
export class RecordError extends QemuError {}
