import { simulate } from '../../../../src/engine';
import { expand, nameOf, parseExperiment, simulationOf } from '../../../../src/lab/experiment';
import { readLabText } from '../../../../src/lab/lab-text';
import type { LabelledReport } from '../../../../src/lab/question';
import type { QuestionFolder } from '../../../../src/lab/release';
import { nativeRunner } from '../native-runner';

/** Runs an experiment cell as the notebook does; learners' files are stood in for by the reference. */
export function runText({ files }: QuestionFolder, text: string): LabelledReport[] {
  const { experiment, problems } = parseExperiment(text);
  if (!experiment) throw new Error(`${problems[0].message}\n${text}`);
  return expand(experiment).map((run) => {
    const { label, technique } = run;
    if (technique.name) {
      const { scenario, strategy } = simulationOf(run);
      return { label, report: simulate(scenario, strategy, { technique: nameOf(technique) }) };
    }
    const source = files.get(technique.file.replace('./strategies/', 'reference/'))!;
    return { label, report: nativeRunner.run(source, run.scenario, { ...technique }).report! };
  });
}

/** The text of an experiment cell, by its id. */
export function cellText({ files }: QuestionFolder, id: string): string {
  const piece = readLabText(files.get('lab.md')!).find((one) => one.kind === 'experiment' && one.id === id);
  if (!piece) throw new Error(`no experiment ${id}`);
  return piece.text;
}
