import type { StrategyTask } from '../../src/lab/question';
import * as goals from './goals';

/** Small guests, so that a check takes a moment: what a technique does right or wrong shows in 64 MiB as in 64 GiB. */
const WRITING = 'guest: { memory: 64 MiB, workload: random, writes: 32 MiB/s, workingSet: 16 MiB }';
const IDLE = 'guest: { memory: 64 MiB, workload: idle }';
const TINY = 'guest: { memory: 16 KiB, workload: sequential, writes: 1000 pages/s, workingSet: 16 KiB }';

export const stopAndCopy: StrategyTask = {
  kind: 'strategy',
  id: 'stop-and-copy',
  title: 'Stop-and-copy, worked out',
  milliPoints: 0,
  file: 'strategies/stop-and-copy.ts',
  given: 'worked',
  goals: [goals.nothingLeftBehind, goals.everyPageOnce],
  workloads: [
    { name: 'a guest that writes', setting: WRITING, milliPoints: 0 },
    { name: 'an idle guest', setting: IDLE, milliPoints: 0 },
    { name: 'four pages', setting: TINY, milliPoints: 0 },
  ],
  hints: [
    'This file is right as it stands. If you have changed it, read the feedback: it names the rule that your ' +
      'change breaks.',
    'The order is pause, memory, state, hand over. `m.send` and `m.sendState` are steps and need `yield`; the ' +
      'other two happen at once.',
  ],
};

export const preCopy: StrategyTask = {
  kind: 'strategy',
  id: 'pre-copy',
  title: 'Pre-copy, to be completed',
  milliPoints: 3000,
  file: 'strategies/pre-copy.ts',
  given: 'gap',
  goals: [goals.noFaults, goals.copiesLive, goals.nothingLeftBehind, goals.onlyDirtyPages, goals.stopsInTime],
  workloads: [
    {
      name: 'a guest that writes a little',
      setting: 'guest: { memory: 64 MiB, workload: random, writes: 8 MiB/s, workingSet: 16 MiB }\ndowntimeLimit: 60 ms',
      milliPoints: 1000,
      goals: [goals.fitsTheLimit],
    },
    {
      name: 'a busy guest',
      setting:
        'guest: { memory: 64 MiB, workload: random, writes: 64 MiB/s, workingSet: 32 MiB }\ndowntimeLimit: 30 ms',
      milliPoints: 1000,
      goals: [goals.fitsTheLimit],
    },
    {
      name: 'a guest that writes faster than the link',
      setting:
        'guest: { memory: 32 MiB, workload: linear, writes: 200 MiB/s, workingSet: 16 MiB }\ndowntimeLimit: 30 ' +
        'ms\nmaxRounds: 6',
      milliPoints: 1000,
      goals: [goals.respectsMaxRounds(6)],
    },
  ],
  hints: [
    'What has the guest done while `yield m.send(pages)` took place? Which verb tells you?',
    '`m.syncDirty()` returns the pages that were written since you last called it, and forgets them at once. So ' +
      'keep what it returns: you will not get it a second time.',
    'Gap 1: assign the result of `m.syncDirty()` to `pages`, then compare `m.secondsToSend(pages)` with ' +
      '`m.downtimeLimit` and `break` if it fits.',
    'Gap 2: no time has passed since the last `m.syncDirty()`, so `pages` is all that is left: `yield m.send(pages)`.',
  ],
};

export const demandPaging: StrategyTask = {
  kind: 'strategy',
  id: 'demand-paging',
  title: 'Pure demand paging',
  milliPoints: 2000,
  file: 'strategies/demand-paging.ts',
  given: 'nothing',
  goals: [goals.handsOverAtOnce, goals.onlyOnDemand],
  workloads: [
    {
      name: 'a guest that walks through 16 MiB',
      setting: 'guest: { memory: 64 MiB, workload: sequential, writes: 16 MiB/s, workingSet: 16 MiB }',
      milliPoints: 1000,
      goals: [goals.servesTheGuest(4096)],
    },
    {
      name: 'a guest that reads',
      setting: 'guest: { memory: 64 MiB, workload: linear, writes: 0 MiB/s, reads: 64 MiB/s, workingSet: 8 MiB }',
      milliPoints: 500,
      goals: [goals.servesTheGuest(2048)],
    },
    { name: 'an idle guest', setting: IDLE, milliPoints: 500 },
  ],
  hints: [
    'The hand-over needs three lines, and you have seen all three in stop-and-copy. Which line of it is missing ' +
      'here on purpose?',
    'After the hand-over the engine answers page faults while time passes, and time passes only at a `yield`. ' +
      '`yield m.wait(1)` lets a second pass.',
    '`m.faults()` grows by one with every page that the guest asks for. If it did not grow during a whole ' +
      'second, the guest has what it needs.',
    'Remember `m.faults().length` before each wait, and leave the loop when it is the same afterwards.',
  ],
};

export const postCopy: StrategyTask = {
  kind: 'strategy',
  id: 'post-copy',
  title: 'Post-copy',
  milliPoints: 2500,
  file: 'strategies/post-copy.ts',
  given: 'nothing',
  goals: [goals.handsOverAtOnce, goals.nothingLeftBehind, goals.everyPageOnce, goals.keepsTheLinkBusy],
  workloads: [
    {
      name: 'a guest that reads and writes',
      setting: 'guest: { memory: 64 MiB, workload: random, writes: 32 MiB/s, reads: 64 MiB/s, workingSet: 32 MiB }',
      milliPoints: 1250,
    },
    {
      name: 'a guest far away',
      setting:
        'guest: { memory: 64 MiB, workload: hot-cold, writes: 16 MiB/s, workingSet: 32 MiB }\nlink: { ' +
        'bandwidth: 1 Gbit/s, latency: 5 ms }',
      milliPoints: 750,
    },
    { name: 'an idle guest', setting: IDLE, milliPoints: 500 },
  ],
  hints: [
    'The hand-over is the same as in demand paging. What is new comes after it: nobody asks, and you send.',
    '`m.missing()` is the set of pages that the destination lacks at this moment. It shrinks by what you send ' +
      'and by what the guest asks for, so ask for it anew each time.',
    'A loop does it: while `m.missing().size > 0`, yield a send of some of them. `m.missing().first(64)` takes ' +
      'the 64 lowest.',
    "Better than the lowest pages are those near the guest's last fault: `m.missing().nearest(m.faults().at(-1) " +
      '?? 0, 64)`.',
  ],
};

export const hybrid: StrategyTask = {
  kind: 'strategy',
  id: 'hybrid',
  title: 'Hybrid',
  milliPoints: 3500,
  file: 'strategies/hybrid.ts',
  given: 'nothing',
  goals: [goals.handsOverAtOnce, goals.copiesLive, goals.nothingLeftBehind, goals.onlyStalePagesTwice],
  workloads: [
    {
      name: 'a guest that reads and writes',
      setting: 'guest: { memory: 64 MiB, workload: random, writes: 32 MiB/s, reads: 64 MiB/s, workingSet: 32 MiB }',
      milliPoints: 1750,
    },
    {
      name: 'a guest that writes faster than the link',
      setting: 'guest: { memory: 32 MiB, workload: linear, writes: 200 MiB/s, workingSet: 16 MiB }',
      milliPoints: 1250,
    },
    { name: 'an idle guest', setting: IDLE, milliPoints: 500 },
  ],
  hints: [
    "Take the first line of pre-copy's loop and all of post-copy. One thing is missing between them.",
    'After the live round the destination has an old copy of every page that was written meanwhile. It does not ' +
      'know that they are old, so `m.missing()` does not contain them.',
    '`m.discard(pages)` tells the destination to drop its copies; then they are missing, and are fetched or ' +
      'pushed like any other missing page.',
    'When do you know for sure which pages are stale? Only when the guest cannot write any more: read the dirty ' +
      'bitmap after `m.pause()`, and discard before the hand-over.',
  ],
};
