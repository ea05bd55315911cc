import { simulate, type Finding, type Report, type Scenario, type Step, type Strategy } from '../engine';
import type { RunOptions, RunResult, StrategyRunner } from '../lab/strategy-runner';
import { Guest, type Program } from './guest';
import { GuestStopped } from './guest-stopped';
import { instantiateQuickJs, type QuickJs } from './quickjs';
import { loadTypeStripper, type Stripped, type TypeStripper } from './strip-types';

/** Runs learners' strategies in QuickJS, each run in a context of its own. The engine stays outside, at full speed. */
export class SandboxRunner implements StrategyRunner {
  #replacement: Promise<void> = Promise.resolve();
  #last: { source: string; stripped: Stripped } | undefined;

  private constructor(
    private readonly stripTypes: TypeStripper,
    /** The first is in use. A run is synchronous and making another instance is not, so there is a spare. */
    private readonly instances: QuickJs[],
    private readonly quickjs: WebAssembly.Module,
  ) {}

  /** `quickjs` is the compiled `quickjs.wasm`. */
  static async start(quickjs: WebAssembly.Module): Promise<SandboxRunner> {
    const both = Promise.all([instantiateQuickJs(quickjs), instantiateQuickJs(quickjs)]);
    const [stripTypes, instances] = await Promise.all([loadTypeStripper(), both]);
    return new SandboxRunner(stripTypes, instances, quickjs);
  }

  run(source: string, scenario: Scenario, { file }: RunOptions): RunResult {
    const { code, error } = this.#strip(source);
    if (error) return { error };
    const program = { source, code };
    const result = this.#runOnce(program, scenario, file, false);
    // A run is a pure function, so it can be had again with more to see; it rarely needs to.
    return result.report?.violations.some(lacksPlace) ? this.#runOnce(program, scenario, file, true) : result;
  }

  /** Waits until there is an instance to run in: one that the last run broke may have to be replaced. */
  async ready(): Promise<void> {
    await this.#replacement;
  }

  #runOnce(program: Program, scenario: Scenario, file: string, placeSteps: boolean): RunResult {
    const instance = this.instances[0];
    if (!instance) return { error: { kind: 'infra', message: 'The interpreter failed and has to be started again.' } };
    let guest: Guest | undefined;
    let stopped: GuestStopped | undefined;
    const noting = <T>(work: () => T): T => {
      try {
        return work();
      } catch (error) {
        if (error instanceof GuestStopped) stopped = error;
        throw error;
      }
    };
    const strategy: Strategy = (m) =>
      noting(() => {
        // The engine runs a strategy a second time to explain what went wrong in the first.
        guest?.dispose();
        const current = (guest = create(instance, program, m, scenario.seed, placeSteps));
        current.load();
        return generator(() => noting(() => current.next()));
      });
    try {
      const report = simulate(scenario, strategy, { technique: file, locate: () => guest?.locate() });
      if (!stopped) return { report: placeEndless(report, guest) };
      const { kind, message, where } = stopped;
      return kind === 'endless' ? { report: endless(report, message) } : { error: { kind, message, ...where } };
    } finally {
      guest?.dispose();
      if (!guest || guest.broken) this.#replace(instance);
    }
  }

  #strip(source: string): Stripped {
    if (this.#last?.source !== source) this.#last = { source, stripped: this.stripTypes(source) };
    return this.#last.stripped;
  }

  #replace(broken: QuickJs): void {
    this.instances.splice(this.instances.indexOf(broken), 1);
    const replace = async (before: Promise<void>) => {
      await before;
      this.instances.push(await instantiateQuickJs(this.quickjs));
    };
    this.#replacement = replace(this.#replacement);
  }
}

function create(...args: ConstructorParameters<typeof Guest>): Guest {
  try {
    return new Guest(...args);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new GuestStopped('infra', `The interpreter could not be prepared: ${reason}`);
  }
}

/** All that the engine asks of a strategy is to be resumed. */
function generator(next: () => IteratorResult<Step, void>): ReturnType<Strategy> {
  return { next } as ReturnType<Strategy>;
}

/** Findings about a step belong to where it was made, which is not remembered at first. */
function lacksPlace({ kind, line }: Finding): boolean {
  return line === undefined && (kind === 'not-yielded' || kind === 'page-overwritten' || kind === 'bad-call');
}

/** To the engine a stopped strategy is one that threw; what it did is not to come to an end. */
function endless(report: Report, message: string): Report {
  const told = { kind: 'endless' as const, message: `The strategy went on computing. ${message}` };
  const violations = report.violations.map((finding) => (finding.kind === 'threw' ? { ...finding, ...told } : finding));
  return { ...report, violations };
}

/** Where a strategy hangs that yielded without end. It is over, so it can be asked the hard way. */
function placeEndless(report: Report, guest: Guest | undefined): Report {
  const violations = report.violations.map((finding) =>
    finding.kind === 'endless' && finding.line === undefined ? { ...finding, ...guest?.whereSuspended() } : finding,
  );
  return { ...report, violations };
}
