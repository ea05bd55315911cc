/**
 * Runs in the guest before anything of the learner's: `(seed) => void`. Text, not a function, so that every bundler and
 * loader hands QuickJS the same bytes and a run costs the same number of steps everywhere.
 *
 * Takes away what tells time or chance apart from run to run, and what makes code from text. What remains belongs to
 * one run only, so that patching it harms nobody but the one who does.
 */
export const HARDENING = String.raw`(function (seed) {
  'use strict';
  const { defineProperty, getPrototypeOf } = Object;
  const lock = (object, name, value) =>
    defineProperty(object, name, { value, writable: false, enumerable: false, configurable: false });

  // Garbage collection and threads can be watched with these, and work queued for later would never be done.
  const threads = ['SharedArrayBuffer', 'Atomics', 'WebAssembly'];
  const collection = ['WeakRef', 'FinalizationRegistry'];
  for (const name of [...threads, ...collection, 'queueMicrotask', 'DOMException']) delete globalThis[name];

  const refusal = (what, instead, extra = {}) => {
    const refuse = function () { throw new Error(what + ' does not exist in a strategy: ' + instead); };
    for (const name in extra) lock(refuse, name, extra[name]);
    return refuse;
  };
  const virtual = 'time is virtual here, and m.now tells it.';
  const noClock = refusal('Date', virtual);
  lock(globalThis, 'Date', refusal('Date', virtual, { now: noClock, parse: noClock, UTC: noClock }));
  lock(globalThis, 'performance', { now: refusal('performance', virtual) });
  for (const name of ['setTimeout', 'setInterval'])
    lock(globalThis, name, refusal(name, 'let time pass with yield m.wait(seconds).'));
  lock(globalThis, 'eval', refusal('eval', 'code cannot be made from text.'));

  // Each of the four kinds of function leads to a constructor that compiles text.
  const compile = 'code cannot be made from text.';
  lock(globalThis, 'Function', refusal('Function', compile, { prototype: getPrototypeOf(refusal) }));
  lock(getPrototypeOf(refusal), 'constructor', globalThis.Function);
  for (const sample of [function* () {}, async function () {}, async function* () {}])
    lock(getPrototypeOf(sample), 'constructor', refusal('Function', compile));

  // mulberry32: the same draws for the same seed of the run.
  let state = seed >>> 0;
  const { imul } = Math;
  lock(Math, 'random', () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = imul(state ^ (state >>> 15), state | 1);
    t ^= t + imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  });
})`;
