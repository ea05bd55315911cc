/**
 * The guest's side of the boundary: `(host) => driver`. It gives the learner's code the `Migration` of engine/api.ts,
 * and us a driver that loads and resumes it. Text for the reason given in guest-hardening.ts.
 *
 * Page sets and steps stay with the engine; here they are opaque references that QuickJS frees as soon as nothing holds
 * them. Everything that crosses is a number, a short text or such a reference, and is made so on this side, once: a
 * getter or Proxy that changes its answer has been asked already. The host believes none of it and checks again.
 * Nothing here relies on built-ins that the learner's code could have replaced meanwhile.
 */
export const GUEST_API = String.raw`(function (host) {
  'use strict';
  const { apply } = Reflect;
  const { freeze, create, defineProperty, getOwnPropertyDescriptor, getPrototypeOf, keys, setPrototypeOf } = Object;
  const { isArray } = Array;
  const { isError } = Error;
  const { stringify } = JSON;
  const { slice } = String.prototype;
  const TextOf = String, Failure = Error, Mistake = TypeError;
  const Buffer = ArrayBuffer, Floats = Float64Array, Words = Uint32Array;
  const { iterator, toPrimitive } = Symbol;
  const own = {};
  const lock = (object, name, value) =>
    defineProperty(object, name, { value, writable: false, enumerable: false, configurable: false });

  // Findings are placed by stack traces. To write one takes QuickJS as long as hundreds of turns of a loop, and it does
  // so for whatever is thrown, by whomever. Each time it first asks how long the trace may be (quickjs.c,
  // build_backtrace): nothing else tells us of exceptions.
  Error.stackTraceLimit = freeze({ __proto__: null, [toPrimitive]: host.throwing });
  lock(Error, 'stackTraceLimit', 10);
  // Only errors keep their trace. Where anything else was thrown has to be noted there and then.
  let thrownLast, traceOfLast;
  const note = (thrown, sites) => {
    let trace = '';
    for (let i = 0; i < sites.length; i++) {
      const site = sites[i];
      const place = site.isNative() ? 'native' : site.getFileName() + ':' + site.getLineNumber() + ':' + site.getColumnNumber();
      trace += '    at ' + site.getFunctionName() + ' (' + place + ')\n';
    }
    thrownLast = thrown;
    traceOfLast = trace;
    return trace;
  };
  if (host.placeThrows) Error.prepareStackTrace = note;
  lock(Error, 'prepareStackTrace', undefined);

  const clip = (text, length) => (text.length > length ? apply(slice, text, [0, length]) : text);
  const textOf = (value, length) => clip(TextOf(value), length);
  const number = (value) => (typeof value === 'number' ? value : NaN);
  const flag = (value) => (value === undefined ? -1 : value ? 1 : 0);
  const numberOrOdd = (value) => (typeof value === 'number' ? value : odd(value));
  /** Stands for a value of the wrong kind, so that the engine can say what it got. */
  const odd = (value) => {
    if (value === null) return 'null';
    if (isArray(value)) return 'array';
    const type = typeof value;
    return type === 'undefined' || type === 'object' || type === 'function' || type === 'symbol'
      ? type : type + ':' + textOf(value, 60);
  };
  /** What is wrong with options of which these fields are known, if anything is. */
  const oddOptions = (options, known) => {
    if (options === null || typeof options !== 'object') return odd(options);
    const names = keys(options);
    const { length } = names;
    for (let i = 0; i < length; i++)
      if (!(names[i] in known)) return isArray(options) ? 'array' : 'unknown:' + clip(names[i], 60);
    if (length > 0) return undefined;
    return isArray(options) ? 'array' : holds(options) ? 'set' : undefined;
  };
  const sendFields = freeze({ __proto__: null, seconds: 1, bytes: 1, skipDirty: 1 });
  const throttleFields = freeze({ __proto__: null, writers: 1, runSeconds: 1 });

  class PageSet {
    #ref;
    #size = -1;
    constructor(key, ref) {
      if (key !== own) throw new Mistake('Page sets come from m.guest.allPages(), m.missing() and the like.');
      this.#ref = ref;
    }
    static holds(value) { return typeof value === 'object' && value !== null && #ref in value; }
    static ref(value) { return typeof value === 'object' && value !== null && #ref in value ? value.#ref : undefined; }
    get size() { return this.#size < 0 ? (this.#size = host.size(this.#ref)) : this.#size; }
    has(page) { return host.has(this.#ref, number(page)) === 1; }
    union(other) { return set(host.union(this.#ref, ref(other), kind(other))); }
    intersect(other) { return set(host.intersect(this.#ref, ref(other), kind(other))); }
    minus(other) { return set(host.minus(this.#ref, ref(other), kind(other))); }
    first(count) { return set(typeof count === 'number' ? host.first(this.#ref, count) : host.first(this.#ref, 0, odd(count))); }
    nearest(pivot, count) {
      return set(typeof pivot === 'number' && typeof count === 'number'
        ? host.nearest(this.#ref, pivot, count) : host.nearest(this.#ref, 0, 0, odd(pivot), odd(count)));
    }
    between(from, to) {
      return set(typeof from === 'number' && typeof to === 'number'
        ? host.between(this.#ref, from, to) : host.between(this.#ref, 0, 0, odd(from), odd(to)));
    }
    toArray() {
      const words = new Words(host.toArray(this.#ref));
      const { size } = this;
      const pages = [];
      for (let i = 0; i < size; i++) pages[i] = words[i];
      return pages;
    }
  }
  const { holds, ref } = PageSet;
  delete PageSet.holds;
  delete PageSet.ref;
  const kind = (value) => (holds(value) ? undefined : odd(value));
  const set = (reference) => new PageSet(own, reference);

  class Step {
    #ref;
    kind;
    constructor(key, kind, ref) {
      if (key !== own) throw new Mistake('Steps come from verbs such as m.send() and m.wait().');
      this.#ref = ref;
      this.kind = kind;
      freeze(this);
    }
    static ref(value) { return typeof value === 'object' && value !== null && #ref in value ? value.#ref : undefined; }
  }
  const stepRef = Step.ref;
  delete Step.ref;
  for (const type of [PageSet, Step]) { freeze(type); freeze(type.prototype); }

  // A real array that only grows, with what it is not meant for refused: most useful where somebody writes shift().
  const readOnly = create(Array.prototype);
  for (const name of ['push', 'pop', 'shift', 'unshift', 'splice', 'sort', 'reverse', 'fill', 'copyWithin']) {
    const refusal = 'm.faults() is read-only: copy it first, [...m.faults()].' + name + '(…).';
    defineProperty(readOnly, name, { value() { throw new Mistake(refusal); } });
  }
  const faults = setPrototypeOf([], freeze(readOnly));
  const updateFaults = () => {
    const news = host.newFaults(faults.length);
    if (news === undefined) return;
    const words = new Words(news);
    for (let i = 0; i < words.length; i++)
      defineProperty(faults, faults.length, { value: words[i], writable: true, enumerable: true, configurable: true });
  };

  const guest = freeze({
    pageCount: host.pageCount,
    pageSize: host.pageSize,
    stateBytes: host.stateBytes,
    allPages() { return set(host.allPages()); },
    pages(pages) {
      if (typeof pages?.[iterator] !== 'function') return set(host.pages(undefined, odd(pages)));
      const list = [];
      let length = 0;
      let strange;
      for (const page of pages) {
        list[length++] = number(page);
        if (typeof page === 'number') continue;
        strange = odd(page);
        break;
      }
      const numbers = new Buffer(8 * length);
      const view = new Floats(numbers);
      for (let i = 0; i < length; i++) view[i] = list[i];
      return set(strange === undefined ? host.pages(numbers) : host.pages(numbers, strange, length - 1));
    },
  });

  const m = freeze({
    guest,
    link: freeze({ bytesPerSecond: host.bytesPerSecond, latency: host.latency }),
    get now() { return host.now(); },
    downtimeLimit: host.downtimeLimit,
    maxRounds: host.maxRounds,
    maxBandwidth: host.maxBandwidth,
    get pagesSent() { return host.pagesSent(); },
    get bytesSent() { return host.bytesSent(); },
    send(pages, options) {
      // What is no set is refused before anybody looks at the options.
      if (options === undefined || !holds(pages)) return new Step(own, 'send', host.send(ref(pages), kind(pages)));
      const wrong = oddOptions(options, sendFields);
      if (wrong !== undefined) return new Step(own, 'send', host.send(ref(pages), undefined, wrong));
      const { seconds, bytes, skipDirty } = options;
      const numbers = (typeof seconds === 'number' ? 1 : 0) + (typeof bytes === 'number' ? 2 : 0);
      const sent = host.send(ref(pages), undefined, numbers, numberOrOdd(seconds), numberOrOdd(bytes), flag(skipDirty));
      return new Step(own, 'send', sent);
    },
    sendState() { return new Step(own, 'sendState', host.sendState()); },
    mirrorStorage() { return new Step(own, 'mirrorStorage', host.mirrorStorage()); },
    wait(seconds) {
      return new Step(own, 'wait', typeof seconds === 'number' ? host.wait(seconds) : host.wait(0, odd(seconds)));
    },
    unsent() { return set(host.unsent()); },
    limitRate(rate) { typeof rate === 'number' ? host.limitRate(rate) : host.limitRate(0, odd(rate)); },
    syncDirty() { return set(host.syncDirty()); },
    peekDirty() { return set(host.peekDirty()); },
    secondsToSend(pages) { return host.secondsToSend(ref(pages), kind(pages)); },
    pause() { host.pause(); },
    get paused() { return host.paused() === 1; },
    get resumed() { return host.resumed() === 1; },
    resumeAtDestination() { host.resumeAtDestination(); },
    missing() { return set(host.missing()); },
    discard(pages) { host.discard(ref(pages), kind(pages)); },
    faults() { updateFaults(); return faults; },
    recentlyUsed(count) { return set(host.recentlyUsed(number(count))); },
    freePages() { return set(host.freePages()); },
    release(pages) { host.release(ref(pages), kind(pages)); },
    balloon(pages) { return typeof pages === 'number' ? host.balloon(pages) : host.balloon(0, odd(pages)); },
    throttle(fraction, options) {
      if (typeof fraction !== 'number') return void host.throttle(0, odd(fraction));
      if (options === undefined) return void host.throttle(fraction);
      const wrong = oddOptions(options, throttleFields);
      if (wrong !== undefined) return void host.throttle(fraction, undefined, wrong);
      const { writers, runSeconds } = options;
      host.throttle(fraction, undefined, flag(writers), runSeconds === undefined ? -1 : number(runSeconds));
    },
    announce() { host.announce(); },
    note(text) { host.note(textOf(text, 200)); },
    abort(reason) { host.abort(textOf(reason, 1000)); },
  });

  /** For console and for the engine's messages. */
  const shown = (value, length) => {
    if (holds(value)) return 'a PageSet';
    if (typeof value === 'function' || typeof value === 'symbol') return 'a ' + typeof value;
    if (typeof value === 'object') return clip(stringify(value) ?? 'an object', length);
    return textOf(value, length);
  };
  const write = (...values) => {
    let line = '';
    for (let i = 0; i < values.length; i++) line += (i > 0 ? ' ' : '') + shown(values[i], 200);
    host.note(clip(line, 200));
  };
  const console = freeze({ log: write, info: write, warn: write, error: write, debug: write });
  defineProperty(globalThis, 'console', { value: console });

  // Built-ins whose loops the interpreter does not count. Without this, one call could take minutes at no cost.
  const meter = (object, name, cost) => {
    const native = object[name];
    if (typeof native !== 'function') return;
    const metered = {
      [name]() {
        const before = cost(this, arguments);
        if (before > 4096) host.charge(before / 8);
        return apply(native, this, arguments);
      },
    };
    defineProperty(object, name, { value: metered[name], writable: true, enumerable: false, configurable: true });
  };
  const lengthOf = (value) => number(value?.length);
  const ARRAY = ['concat', 'copyWithin', 'fill', 'flat', 'includes', 'indexOf', 'join', 'lastIndexOf', 'reverse',
    'set', 'shift', 'slice', 'sort', 'splice', 'toLocaleString', 'toReversed',
    'toSorted', 'toSpliced', 'toString', 'unshift', 'with'];
  const TEXT = ['includes', 'indexOf', 'lastIndexOf', 'localeCompare', 'match', 'matchAll', 'normalize',
    'replace', 'replaceAll', 'search', 'split', 'toLowerCase', 'toUpperCase', 'trim'];
  for (const type of [Array.prototype, getPrototypeOf(Floats.prototype)])
    for (const name of ARRAY) meter(type, name, lengthOf);
  for (const name of TEXT) meter(String.prototype, name, lengthOf);
  for (const name of ['from', 'of']) meter(Array, name, (_, args) => lengthOf(args[0]));
  meter(JSON, 'parse', (_, args) => lengthOf(args[0]));

  const generator = getPrototypeOf(function* () {});
  const asyncGenerator = getPrototypeOf(async function* () {});
  const asynchronous = getPrototypeOf(async function () {});
  const { next: resume, return: returnFrom, throw: throwInto } = generator.prototype;
  const refusals = new WeakMap();
  const { get: lookUp, set: remember } = WeakMap.prototype;
  const stackOf = (error) => getOwnPropertyDescriptor(error, 'stack')?.value;
  let strategy, process, rubbish;

  return {
    /** What the module's default export is; remembers it. */
    load(module) {
      if (!('default' in module)) return 'nothing';
      strategy = module.default;
      if (typeof strategy !== 'function') return strategy === null ? 'null' : typeof strategy;
      const kind = getPrototypeOf(strategy);
      if (kind === generator) return 'generator';
      return kind === asyncGenerator ? 'async generator' : kind === asynchronous ? 'async' : 'plain';
    },
    begin() { process = strategy(m); },
    /** A step's reference; or 0 at the end; or 1 if what was yielded is no step. */
    next() {
      const { done, value } = apply(resume, process, []);
      if (done) return 0;
      const step = stepRef(value);
      if (step !== undefined) return step;
      rubbish = value;
      return 1;
    },
    /** Ends the strategy at the yield where it hangs; its own finally blocks still run. */
    close() { apply(returnFrom, process, []); },
    /** What was yielded instead of a step. */
    rubbish() {
      if (rubbish === null) return 'null';
      if (isArray(rubbish) || (typeof rubbish === 'object' && !holds(rubbish))) return 'json:' + shown(rubbish, 10000);
      return typeof rubbish + ':' + shown(rubbish, 60);
    },
    here() { return stackOf(new Failure()); },
    /** Where the strategy hangs at a yield. Ends it: an error that has no stack yet gets one where it is thrown. */
    whereSuspended() {
      const probe = new Failure();
      delete probe.stack;
      try { apply(throwInto, process, [probe]); } catch {}
      return stackOf(probe) ?? '';
    },
    pass() { return ''; },
    /** This error is a refusal of the engine's; and which it is, if it is one. */
    refused(error, refusal) { apply(remember, refusals, [error, refusal]); },
    refusalOf(error) { return apply(lookUp, refusals, [error]); },
    describe(error) {
      if (!isError(error)) {
        const trace = error === thrownLast ? traceOfLast ?? '' : '';
        return host.thrown(0, '', textOf(error, 1000), trace);
      }
      const stack = stackOf(error);
      const shownStack = typeof stack === 'string' ? clip(stack, 4000) : '';
      host.thrown(1, textOf(error.name, 100), textOf(error.message, 1000), shownStack);
    },
  };
})`;
