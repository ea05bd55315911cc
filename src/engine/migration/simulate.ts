import type { Strategy } from '../api';
import { clientOf } from '../client/client-of';
import { faultLatencyOf } from '../guest/fault-latency';
import type { Finding, LostWork, Report } from '../report';
import { TooManyTouches } from '../guest/touches';
import type { Scenario } from '../scenario';
import { ENGINE_VERSION } from '../version';
import { Broken } from './broken';
import type { EventLog } from './event-log';
import { at, History } from './history';
import { Run } from './run';
import { EngineStep } from './step';
import { StrategyFault, Verbs, type Locate } from './verbs';

const MAX_TOUCHES = 200_000_000;

export interface SimulateOptions {
  /** What the report calls the technique. */
  technique?: string;
  /** Where in its source text the strategy is right now. Asked only when something is recorded that has a place. */
  locate?: Locate;
  /** How many steps the strategy may yield. Default: 10,000 and two for each page of the guest. */
  maxSteps?: number;
  /**
   * How long it may take. Default: see `patienceOf`. Each page that the running guest asks for allows another second:
   * under demand paging it is the guest that sets the pace.
   */
  maxSeconds?: number;
  /**
   * How many writes, and how many reads, of the guest are followed. Default: 200 million, ten to thirty seconds of
   * computing.
   */
  maxTouches?: number;
  /** If a stale page is found, run once more to find out how it came about. Default: true. */
  explain?: boolean;
  /** Called after so many steps, again and again: a sign of life for whoever waits. */
  stepped?: { every: number; tell(): void };
  /** Told everything that happens, in the order of its virtual time. Without it nothing is kept. */
  log?: EventLog;
}

/**
 * Runs a strategy on a scenario and reports what it did. Pure: the same arguments give the same report, to the byte.
 * Never throws on behalf of the strategy: what it does wrong becomes a finding.
 */
export function simulate(scenario: Scenario, strategy: Strategy, options: SimulateOptions = {}): Report {
  const report = runOnce(scenario, strategy, options);
  const stale = report.violations.find(({ kind }) => kind === 'stale-page');
  if (stale?.page === undefined || options.explain === false) return report;
  // The second run is the first one again, only watched: keeping every page's history always would cost more than the run.
  return runOnce(scenario, strategy, options, new History(stale.page));
}

function runOnce(scenario: Scenario, strategy: Strategy, options: SimulateOptions, history?: History): Report {
  const { log, maxTouches = MAX_TOUCHES } = history ? { ...options, log: undefined } : options;
  const run = new Run(scenario, history, maxTouches, log);
  const verbs = new Verbs(run, options.locate ?? (() => undefined));
  const { guest, link, seed } = scenario;
  log?.({ seconds: 0, event: 'started', guestPages: guest.pages, linkBytesPerSecond: link.bytesPerSecond, seed });
  drive(run, verbs, strategy, options);
  const report = reportOf(run, verbs, options.technique ?? 'strategy');
  if (run.broken) log?.({ seconds: run.now, event: 'broken', text: run.broken.message });
  for (const { seconds, message } of run.findings) log?.({ seconds, event: 'finding', text: message });
  log?.({ seconds: report.totalSeconds, event: 'ended' });
  return report;
}

/**
 * The strategy is a process in virtual time: it computes in no time, and time passes while a step that it yielded is
 * performed.
 */
function drive(run: Run, verbs: Verbs, strategy: Strategy, options: SimulateOptions): void {
  const { guest } = run.scenario;
  const maxSteps = options.maxSteps ?? 10_000 + 2 * guest.pages;
  const maxSeconds = options.maxSeconds ?? patienceOf(run);
  const find = (kind: Finding['kind'], message: string) =>
    run.findings.push({ kind, message, seconds: run.now, ...options.locate?.() });
  try {
    setUp(run);
    const process = strategy(verbs);
    if (typeof process?.next !== 'function') {
      find('bad-yield', 'The strategy is not a generator function: write function* and yield its steps.');
      return;
    }
    for (let steps = 0; ; steps++) {
      const { done, value } = process.next();
      if (run.broken) return;
      if (done || run.abortReason !== undefined) break;
      const step = verbs.yielded(value);
      if (!step) return;
      if (steps >= maxSteps) {
        find('endless', `The strategy yielded ${maxSteps} steps without coming to an end.`);
        return;
      }
      run.perform(step);
      if (options.stepped && (steps + 1) % options.stepped.every === 0) options.stepped.tell();
      if (run.now > maxSeconds + (run.service?.guest.faults.length ?? 0)) {
        find('endless', `The migration was not over after ${at(run.now)}.`);
        return;
      }
    }
    run.findings.unshift(...verbs.unyielded());
    run.service?.finish();
    if (!run.service && run.abortReason === undefined) {
      find(
        'never-resumed',
        run.pausedAt === undefined
          ? 'The strategy ended and the guest still runs at the source.'
          : 'The strategy ended and the guest is paused: it runs nowhere.',
      );
    }
  } catch (error) {
    if (error instanceof TooManyTouches) {
      find(
        'endless',
        `The guest touched its memory more often than can be followed, before the migration was over. Let it write and read less, or give it a faster link.`,
      );
    } else if (error instanceof Broken) run.breakDown(error);
    else if (!(error instanceof StrategyFault)) find('threw', `The strategy threw: ${describe(error)}`);
  }
}

/**
 * After how many seconds a migration that is not over is called endless: a minute after the set-up and a copy of the
 * disk, fifty times as long as one copy of memory takes at the slowest, and two round trips for each page; or as long
 * as a hypervisor itself is patient, if that is longer.
 */
function patienceOf({ scenario, wire, mirror }: Run): number {
  const { guest, storage, setupSeconds = 0, maxBandwidth = Infinity, patienceSeconds = 0, stream } = scenario;
  const copyOfDisk = mirror ? mirror.secondsToCatchUp(wire.bytesPerSecond, 1) : 0;
  const mirrored = mirror && copyOfDisk < Infinity ? storage!.writtenBytesPerSecond : 0;
  const slowest = Math.min(wire.bytesPerSecond - mirrored, maxBandwidth);
  const encodings = (stream?.encodings ?? []).map((one) => (one.kind === 'duplicate' ? one.hashSeconds : one.encodeSeconds));
  const cpuSeconds = encodings.reduce((sum, seconds) => sum + seconds, wire.fullPageSeconds);
  const perPage = 50 * Math.max(wire.fullPageBytes / slowest, cpuSeconds) + 4 * wire.latency;
  const usual = 60 + setupSeconds + (copyOfDisk < Infinity ? copyOfDisk : 0) + guest.pages * perPage;
  return Math.max(usual, patienceSeconds);
}

/** The guest runs on while the two sides connect; what it writes meanwhile is sent anyway, as nothing has been sent yet. */
function setUp(run: Run): void {
  const { setupSeconds = 0, ideal } = run.scenario;
  if (setupSeconds <= 0 || ideal) return;
  run.perform(new EngineStep('wait', undefined, undefined, setupSeconds));
  run.memory.takeDirty();
}

function describe(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return 'something that cannot be shown.';
  }
}

function reportOf(run: Run, verbs: Verbs, technique: string): Report {
  const { scenario, pausedAt, resumedAt, downtime, service, source, sent, broken } = run;
  const { rounds } = sent;
  const residualPages = run.memory.missing.size;
  const dependent = service !== undefined && residualPages > 0;
  const totalSeconds = service && !dependent && !broken ? service.lastArrivalAt : run.now;
  run.finish(totalSeconds);
  const preparationSeconds = pausedAt ?? totalSeconds;
  const downtimeEnd = resumedAt ?? totalSeconds;
  const fits = sent.finalSeconds <= scenario.downtimeLimit * (1 + 1e-9);
  const pagesByEncoding = {
    full: sent.fullPages + (service?.fullPages ?? 0),
    zero: sent.zeroPages + (service?.zeroPages ?? 0),
    ...run.encoders?.taken,
  };
  const pagesBytes = run.bytes;
  const client = clientOf(run, totalSeconds);
  const faultLatency = faultLatencyOf(service?.guest.faultSeconds ?? []);
  const isEvicted = service !== undefined && !dependent && !run.broken;
  const storageBytes = Math.round(run.mirror?.bytes ?? 0);
  return {
    technique,
    converged: service !== undefined && !dependent && !broken && (rounds.length === 0 || fits),
    ...(run.abortReason === undefined ? {} : { aborted: run.abortReason }),
    ...(broken && { broken }),
    rounds,
    setupSeconds: scenario.ideal ? 0 : (scenario.setupSeconds ?? 0),
    preparationSeconds,
    downtimeSeconds: downtimeEnd - preparationSeconds,
    downtimeParts: downtime.parts,
    resumeSeconds: totalSeconds - downtimeEnd,
    totalSeconds,
    // The order to go on, or the last page: whichever left last.
    ...(isEvicted && { evictionSeconds: totalSeconds - run.wire.latency }),
    pagesSent: Object.values(pagesByEncoding).reduce((sum, pages) => sum + pages, 0),
    pagesByEncoding,
    pagesSkipped: sent.skippedPages,
    finalPages: sent.finalPages,
    transferredBytes: pagesBytes + run.stateBytesSent + storageBytes,
    transferredParts: { pagesBytes, stateBytes: run.stateBytesSent, storageBytes },
    pagesBytesByPhase: {
      preparation: sent.pageBytes - sent.finalPageBytes,
      downtime: sent.finalPageBytes,
      resume: service?.bytes ?? 0,
    },
    ...(run.encoders?.xbzrle && { xbzrle: run.encoders.xbzrle.report() }),
    networkFaults: service?.guest.faults.length ?? 0,
    faultStallSeconds: service?.guest.stallSeconds ?? 0,
    ...(faultLatency && { faultLatency }),
    residualPages,
    throughput: run.recorder.throughput(totalSeconds, dependent),
    lostWork: lostWork(run, downtimeEnd - preparationSeconds),
    tracking: {
      mechanism: run.tracking.mechanism,
      syncs: run.syncs,
      syncSeconds: run.syncCpuSeconds,
      firstWrites: source.firstWrites,
      exits: source.exits,
      stallSeconds: source.stallSeconds,
    },
    sendCpuSeconds: sent.cpuSeconds + (service?.cpuSeconds ?? 0),
    ...(client && { client }),
    timeline: {
      ...run.recorder.timeline(totalSeconds, scenario.guest.pages),
      ...(pausedAt === undefined ? {} : { pausedAtSeconds: pausedAt }),
      ...(resumedAt === undefined ? {} : { resumedAtSeconds: resumedAt }),
    },
    violations: run.findings,
    notes: verbs.notes,
    guestPages: scenario.guest.pages,
    linkBytesPerSecond: scenario.link.bytesPerSecond,
    downtimeLimitSeconds: scenario.downtimeLimit,
    seed: scenario.seed,
    engine: ENGINE_VERSION,
  };
}

function lostWork(run: Run, pausedSeconds: number): LostWork {
  const { time, balloonStallSeconds, trackingLostSeconds, service, scenario } = run;
  return {
    pausedSeconds,
    throttledSeconds: time.throttledSeconds,
    trackingSeconds: trackingLostSeconds,
    balloonSeconds: balloonStallSeconds,
    faultsSeconds: (service?.guest.stallSeconds ?? 0) / scenario.guest.vcpus,
  };
}
