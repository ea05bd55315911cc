import type { Page } from '../api';
import type { Activity, GuestSpec, Workload } from '../scenario';
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

/** No vCPU or device will ever touch this page or one above it. */
export function endOfTouches(guest: GuestSpec): Page {
  const device = (guest.deviceWritesPerSecond ?? 0) > 0 ? [guest] : [];
  const ends = [...(guest.phases ?? [guest]), ...device].map(({ workingSetStart = 0, workingSetMoves = 0, workingSetPages }) =>
    workingSetMoves === 0 ? workingSetStart + workingSetPages : Infinity,
  );
  // What does not fit goes round to page 0; a trace may touch anything.
  return Math.min(guest.pages, guest.trace ? Infinity : Math.max(...ends));
}

/** What a guest does, stretch after stretch, for ever. */
export function* stretchesOf(guest: GuestSpec, kind: TouchKind, seed: number, stream: number, share: Share): Generator<Stretch> {
  if (guest.trace) yield* intervalsOf(guest.trace, kind, share);
  else {
    const phases = guest.phases ?? [{ ...guest, seconds: Infinity }];
    // How many vCPUs take turns in these touches, if each keeps to a slice of its own.
    const takers = guest.partitioned ? (kind === 'writes' ? (guest.writers ?? guest.vcpus) : guest.vcpus) : 0;
    const stretches = phases.map((phase, i) =>
      phaseStretch(phase, kind, new Random(seed, stream + 64 * i), share, takers, guest.vcpus),
    );
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
  share: Share,
  takers: number,
  vcpus: number,
): Stretch & { once: boolean } {
  const asked = kind === 'writes' ? phase.writesPerSecond : phase.readsPerSecond;
  const { workload, workingSetPages } = phase;
  const slices = Array.from({ length: takers }, (_, vcpu) => sliceOf(workingSetPages, vcpu, vcpus));
  const pattern =
    asked === 0
      ? undefined
      : takers > 0
        ? slicedPattern(workload, slices, random, share)
        : patternOf(workload, workingSetPages, random, share.first, share.every);
  const rate = pattern ? asked : 0;
  const once = phase.workload === 'once';
  const fitting = rate === 0 ? 0 : Math.floor(phase.seconds * rate);
  return {
    seconds: phase.seconds,
    rate,
    touches: once ? Math.min(fitting, takers > 0 ? pagesOnce(slices) : workingSetPages) : fitting,
    pattern,
    start: phase.workingSetStart ?? 0,
    moves: phase.workingSetMoves ?? 0,
    once,
  };
}

/** The part of a working set that one vCPU keeps to. */
interface Slice {
  readonly start: number;
  readonly pages: number;
}

/** The slices are as equal as can be, the first ones a page larger; where pages are too few, vCPUs share the last one. */
function sliceOf(workingSet: number, vcpu: number, vcpus: number): Slice {
  const most = Math.max(0, workingSet - 1);
  const pages = Math.floor(workingSet / vcpus);
  const larger = workingSet % vcpus;
  return {
    start: Math.min(vcpu * pages + Math.min(vcpu, larger), most),
    pages: Math.max(pages + (vcpu < larger ? 1 : 0), Math.min(1, workingSet)),
  };
}

/** How many touches it takes until the vCPU with the largest slice has been through it, all taking turns. */
function pagesOnce(slices: readonly Slice[]): number {
  const sizes = slices.map(({ pages }) => pages);
  return Math.max(...sizes.map((size, vcpu) => (size - 1) * sizes.length + vcpu + 1));
}

/** Each vCPU goes through its slice as a guest of its own would; of all touches a share is wanted: one vCPU's, or all. */
function slicedPattern(workload: Workload, slices: readonly Slice[], random: Random, { first, every }: Share): Pattern | undefined {
  // A vCPU's share is every touch of its slice; the source, where all run in lockstep, takes one of each in turn.
  const turns = (every === 1 ? slices : slices.slice(first, first + 1)).map(({ start, pages }) => ({
    start,
    pattern: patternOf(workload, pages, random)!,
  }));
  if (turns.some(({ pattern }) => pattern === undefined)) return undefined;
  if (turns.length === 1 && turns[0]!.start === 0) return turns[0]!.pattern;
  const count = turns.length;
  const scratch = new Int32Array(1024);
  let turn = 0;
  return {
    fill(into, from, to) {
      turns.forEach(({ start, pattern }, i) => {
        const offset = (i - turn + count) % count;
        let at = from + offset;
        while (at < to) {
          const filled = Math.min(scratch.length, Math.ceil((to - at) / count));
          pattern.fill(scratch, 0, filled);
          for (let k = 0; k < filled; k++, at += count) into[at] = start + scratch[k]!;
        }
      });
      turn = (turn + to - from) % count;
    },
    skip(touches) {
      turns.forEach(({ pattern }, i) => {
        const offset = (i - turn + count) % count;
        if (touches > offset) pattern.skip(Math.ceil((touches - offset) / count));
      });
      turn = (turn + touches) % count;
    },
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
