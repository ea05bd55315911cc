import { parseExperiment, type Experiment, type Problem } from '../lab/experiment';
import { plural } from '../protocol/quantities';
import { UsageError } from './exit';
import { nameOfInput, readInput } from './input';
import { Places } from './places';

/** An experiment without a problem, and the text that it was read from. */
export interface ReadExperiment {
  /** With the seed that was asked for. */
  readonly experiment: Experiment;
  readonly text: string;
  readonly places: Places;
}

/** Reads an experiment (`-`: standard input). Throws a UsageError that says what is wrong with it, and where. */
export async function readExperiment(file: string, seed: number | undefined): Promise<ReadExperiment> {
  const text = await readInput(file);
  const { experiment, problems } = parseExperiment(text);
  if (!experiment) throw new UsageError(...sentences(file, problems));
  const places = new Places(file, text);
  if (seed === undefined) return { experiment, text, places };
  if (experiment.sweep.some(({ key }) => key === 'seed')) {
    const place = places.of(places.sweep('seed'));
    throw new UsageError(`${place}: the experiment sweeps \`seed\`, and --seed would be the seed of all runs: leave one of them out.`);
  }
  return { experiment: { ...experiment, settings: { ...experiment.settings, seed } }, text, places };
}

/** What is wrong in many places in the same way is said once, where it is wrong first. */
function sentences(file: string, problems: readonly Problem[]): string[] {
  const alike = new Map<string, Problem[]>();
  for (const problem of problems) alike.set(problem.message, [...(alike.get(problem.message) ?? []), problem]);
  return [...alike.values()].map(([{ line, column, message }, ...others]) => {
    const more = others.length === 0 ? '' : ` (The same holds in ${plural(others.length, 'other place')}.)`;
    return `${nameOfInput(file)}:${line}:${column}: ${message}${more}`;
  });
}
