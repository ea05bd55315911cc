import ts from 'typescript';
import { optimized, simulate, type Strategy } from '../../../src/engine';
import type { StrategyError, StrategyRunner } from '../../../src/lab/strategy-runner';

/**
 * Runs strategies in this process, on the real engine, without a sandbox: for files that this repository itself holds.
 * The sandbox has tests of its own; here it is the lab that is tested, and speed that counts.
 */
export const nativeRunner: StrategyRunner = {
  run(source, setting, { file, with: names = [] }) {
    const loaded = load(source);
    if ('kind' in loaded) return { error: loaded };
    const { scenario, strategy } = optimized(setting, loaded.strategy, names);
    return { report: simulate(scenario, strategy, { technique: file }) };
  },
};

function load(source: string): { strategy: Strategy } | StrategyError {
  const { outputText, diagnostics } = ts.transpileModule(source, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS },
    reportDiagnostics: true,
  });
  if (diagnostics?.length) return { kind: 'syntax', message: String(diagnostics[0].messageText) };
  const exports: { default?: Strategy } = {};
  new Function('exports', outputText)(exports);
  const strategy = exports.default;
  return strategy ? { strategy } : { kind: 'no-export', message: 'The file exports nothing by default.' };
}
