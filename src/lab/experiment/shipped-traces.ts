import { readTrace } from '../../engine/trace/format';
import type { PageContents, Trace, TraceAbout, TraceInterval } from '../../engine/trace/trace';

/**
 * The traces that come with the lab, `media/traces/NAME.vmtrace`, and how many pages their guests have: what has to be
 * known before one is read. They are megabytes, so only who simulates one reads it (docs/traces.md).
 */
export const SHIPPED_TRACES = {
  'idle-linux': 65_536,
  redis: 65_536,
  nginx: 65_536,
  sqlite: 65_536,
  gcc: 65_536,
  tar: 65_536,
} as const satisfies Record<string, number>;

/** Files of traces as they are on disk, by the traces' names. */
export type TraceFiles = Readonly<Record<string, Uint8Array>>;

/** All shipped traces: those whose files are given, and stand-ins for the others. A file is read when its trace is used. */
export function shippedTraces(files: TraceFiles = {}): ReadonlyMap<string, Trace> {
  return new Map(Object.entries(SHIPPED_TRACES).map(([name, pages]) => [name, new ShippedTrace(name, pages, files[name])]));
}

class ShippedTrace implements Trace {
  #read: Trace | undefined;

  constructor(
    private readonly name: string,
    readonly pageCount: number,
    private readonly file: Uint8Array | undefined,
  ) {}

  get intervalSeconds(): number {
    return this.#trace.intervalSeconds;
  }

  get about(): TraceAbout {
    return this.#trace.about;
  }

  get start(): PageContents {
    return this.#trace.start;
  }

  get intervals(): readonly TraceInterval[] {
    return this.#trace.intervals;
  }

  get #trace(): Trace {
    if (!this.file) throw new Error(`The recorded trace ${this.name} was not loaded.`);
    return (this.#read ??= readTrace(this.file));
  }
}
