import { simulate, type EventLog, type Report, type Scenario, type Strategy } from '../engine';
import { optimized } from '../engine/optimizations';
import type { RunOptions, RunResult, StrategyRunner } from '../lab/strategy-runner';
import type { Placed, Program } from './guest';
import { instantiateQuickJs, type QuickJs } from './quickjs';
import { SandboxedStrategy } from './sandboxed-strategy';
import { loadTypeStripper, type Stripped, type TypeStripper } from './strip-types';

export interface SandboxOptions extends RunOptions {
  /**
   * Puts something around the learner's strategy, optimisations included: it gets a `Strategy` like any native one, and
   * what it returns is run. In one run it may start the strategy once, with the migration as it is or a derived one.
   */
  wrap?: (strategy: Strategy) => Strategy;
  /** Told everything that happens. Where a run is made twice it is told twice, each time from the start. */
  log?: EventLog;
}

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

  run(source: string, scenario: Scenario, options: SandboxOptions): RunResult {
    const { code, error } = this.#strip(source);
    if (error) return { error };
    const program = { source, code };
    const result = this.#runOnce(program, scenario, options, { steps: false, throws: false });
    // A run is a pure function, so it can be had again with more to see; it rarely needs to.
    const unplaced = unplacedIn(result);
    if (!unplaced.steps && !unplaced.throws) return result;
    const again = this.#runOnce(program, scenario, options, unplaced);
    // To look takes a few steps of the budget: one that was about to end may have ended.
    return kindsOf(again) === kindsOf(result) ? again : result;
  }

  /** Waits until there is an instance to run in: one that the last run broke may have to be replaced. */
  async ready(): Promise<void> {
    await this.#replacement;
  }

  #runOnce(program: Program, setting: Scenario, options: SandboxOptions, placed: Placed): RunResult {
    const { file, with: optimizations = [], wrap = (strategy) => strategy, log } = options;
    const instance = this.instances[0];
    if (!instance) return { error: { kind: 'infra', message: 'The interpreter failed and has to be started again.' } };
    const learners = new SandboxedStrategy(instance, program, setting.seed, placed);
    const { scenario, strategy } = optimized(setting, learners.strategy, optimizations);
    try {
      const report = simulate(scenario, wrap(strategy), { technique: file, locate: learners.locate, log });
      if (!learners.stopped) return { report: placeEndless(report, learners) };
      const { kind, message, where } = learners.stopped;
      return kind === 'endless' ? { report: endless(report, message) } : { error: { kind, message, ...where } };
    } finally {
      learners.dispose();
      if (learners.broken) this.#replace(instance);
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

/** Findings about a step belong to where it was made, which is not remembered at first; nor is where a text was thrown. */
function unplacedIn({ report, error }: RunResult): Placed {
  const kinds = (report?.violations ?? []).filter(({ line }) => line === undefined).map(({ kind }) => kind);
  const steps = kinds.some((kind) => kind === 'not-yielded' || kind === 'page-overwritten' || kind === 'bad-call');
  return { steps, throws: kinds.includes('threw') || (error?.kind === 'threw-on-load' && error.line === undefined) };
}

function kindsOf({ report, error }: RunResult): string {
  return [error?.kind, ...(report?.violations ?? []).map(({ kind }) => kind)].join();
}

/** To the engine a stopped strategy is one that threw; what it did is not to come to an end. */
function endless(report: Report, message: string): Report {
  const told = { kind: 'endless' as const, message: `The strategy went on computing. ${message}` };
  const violations = report.violations.map((finding) => (finding.kind === 'threw' ? { ...finding, ...told } : finding));
  return { ...report, violations };
}

/** Where a strategy hangs that yielded without end. It is over, so it can be asked the hard way. */
function placeEndless(report: Report, strategy: SandboxedStrategy): Report {
  const violations = report.violations.map((finding) =>
    finding.kind === 'endless' && finding.line === undefined ? { ...finding, ...strategy.whereSuspended() } : finding,
  );
  return { ...report, violations };
}
