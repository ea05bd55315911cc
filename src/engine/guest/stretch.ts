import type { Activity, GuestSpec } from '../scenario';
import type { Trace } from '../trace/trace';
import { patternOf, scatteringStep, type Pattern } from './pattern';
import { Random } from './random';

/** Which of the guest's touches. */
export type TouchKind = 'writes' | 'reads';

/** Some guest work in which touches of one kind come at one rate: a phase, or an interval of a trace. */
export interface Stretch {
  /** How long it lasts, seconds of guest work. */
  readonly seconds: number;
  /** Touches per second, all vCPUs together. */
  readonly rate: number;
  /** How many touches there are in it at most, all vCPUs together. */
  readonly touches: number;
  readonly pattern?: Pattern;
  /** Where the pattern's page 0 lies, and how fast it moves, in pages per second of guest work. */
  readonly start: number;
  readonly moves: number;
  /** The interval of the trace, if it is one. */
  readonly interval?: number;
}

/** Which vCPU's share is wanted: number `first` of the touches, and then every `every`-th. */
export interface Share {
  readonly first: number;
  readonly every: number;
}

/** What a guest does, stretch after stretch, for ever. */
export function* stretchesOf(guest: GuestSpec, kind: TouchKind, seed: number, stream: number, share: Share): Generator<Stretch> {
  if (guest.trace) yield* intervalsOf(guest.trace, kind, share);
  else {
    const phases = guest.phases ?? [{ ...guest, seconds: Infinity }];
    const stretches = phases.map((phase, i) => phaseStretch(phase, kind, new Random(seed, stream + 64 * i), share));
    for (let round = 0; ; round++) {
      for (const stretch of stretches) {
        // What is written once is not written again when its phase comes round.
        const over = round > 0 && stretch.touches < Infinity && stretch.seconds < Infinity && stretch.once;
        yield over ? { ...stretch, rate: 0, touches: 0, pattern: undefined } : stretch;
      }
    }
  }
}

function phaseStretch(
  phase: Activity & { readonly seconds: number },
  kind: TouchKind,
  random: Random,
  { first, every }: Share,
): Stretch & { once: boolean } {
  const asked = kind === 'writes' ? phase.writesPerSecond : phase.readsPerSecond;
  const pattern = asked > 0 ? patternOf(phase.workload, phase.workingSetPages, random, first, every) : undefined;
  const rate = pattern ? asked : 0;
  const once = phase.workload === 'once';
  const fitting = rate === 0 ? 0 : Math.floor(phase.seconds * rate);
  return {
    seconds: phase.seconds,
    rate,
    touches: once ? Math.min(fitting, phase.workingSetPages) : fitting,
    pattern,
    start: phase.workingSetStart ?? 0,
    moves: phase.workingSetMoves ?? 0,
    once,
  };
}

/** An interval says which pages were touched, not when: their touches are spread evenly over it, and over memory. */
function* intervalsOf({ intervals, intervalSeconds }: Trace, kind: TouchKind, { first, every }: Share): Generator<Stretch> {
  const nothing = new Int32Array(0);
  for (let i = 0; intervals.length > 0; i = (i + 1) % intervals.length) {
    const pages = kind === 'writes' ? intervals[i]!.pages : (intervals[i]!.readPages ?? nothing);
    const rate = pages.length / intervalSeconds;
    const pattern = pages.length > 0 ? listed(pages, first, every) : undefined;
    yield { seconds: intervalSeconds, rate, touches: pages.length, pattern, start: 0, moves: 0, interval: i };
  }
}

/** The position in the interval's list of its touch number `touch`. */
export function positionInInterval(touch: number, length: number): number {
  return (touch * scatteringStep(length)) % length;
}

function listed(pages: Int32Array, first: number, every: number): Pattern {
  let touch = first;
  return {
    fill(into, from, to) {
      const step = scatteringStep(pages.length);
      for (let i = from; i < to; i++, touch += every) into[i] = pages[(touch * step) % pages.length]!;
    },
    skip(touches) {
      touch += touches * every;
    },
  };
}
