import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml';
import { conflictIn, nameOfChoice, refusal, type Choice, type Value } from '../../engine/optimizations';
import { entriesOf } from './document';
import { TECHNIQUE_NAMES, type Refinement, type SettingKey, type Settings, type TechniqueRef } from './experiment';
import { nameOf } from './expand';
import { didYouMean } from './nearest';
import { OPTIMIZATION_NAMES, PARAMETER_KEYS, TUNABLE_NAMES } from './parameter-keys';
import type { Reading } from './reading';
import { STRUCTURES } from './structures';

/** `technique` or `compare`: what is to be run. */
export function readTechniques(r: Reading, key: 'technique' | 'compare', node: unknown): TechniqueRef[] {
  if (key === 'technique' && isSeq(node)) {
    r.problem(node, '`technique` takes one technique: write `compare` for a list.');
    return [];
  }
  if (key === 'compare' && (!isSeq(node) || node.items.length === 0)) {
    r.problem(node, `\`compare\` must be ${STRUCTURES.compare.accepts}.`);
    return [];
  }
  const techniques: TechniqueRef[] = [];
  for (const item of isSeq(node) ? node.items : [node]) {
    const technique = isMap(item) ? refined(r, key, item) : nameOrFile(r, key, item);
    if (!technique) continue;
    if (techniques.some((other) => nameOf(other) === nameOf(technique))) {
      r.problem(item, `\`${nameOf(technique)}\` stands in \`compare\` twice: keep one of them.`);
      continue;
    }
    r.nodes.set(`technique ${techniques.length}`, item);
    if (isMap(item)) r.nodes.set(`technique ${techniques.length} preset`, item.get('preset', true));
    techniques.push(technique);
  }
  return techniques;
}

/** `{ use: pre-copy, with: [xbzrle], preset: qemu }` */
function refined(r: Reading, key: 'technique' | 'compare', node: YAMLMap): TechniqueRef | undefined {
  let technique: TechniqueRef | undefined;
  let choices: readonly Choice[] | undefined = [];
  let preset: Settings[SettingKey] | undefined;
  const said = new Set<string>();
  r.entries(node, [key], (name, value) => {
    said.add(name);
    if (name === 'use') technique = nameOrFile(r, 'use', value);
    else if (name === 'with') choices = optimizations(r, value);
    else preset = r.value('preset', value, 'preset');
  });
  if (!said.has('use')) {
    const known = said.size > 0 || node.items.length === 0;
    if (known) r.problem(node, '`use` is missing: which technique is meant, such as `{ use: pre-copy }`?');
  }
  if (!technique || !choices) return undefined;
  const refinement: Refinement = {
    ...(choices.length > 0 && { with: choices }),
    ...(typeof preset === 'string' && { preset }),
  };
  return { ...technique, ...refinement };
}

function optimizations(r: Reading, node: unknown): readonly Choice[] | undefined {
  const { accepts } = STRUCTURES['technique.with'];
  if (!isSeq(node)) {
    r.problem(node, `\`with\` must be ${accepts}.`);
    return undefined;
  }
  const choices: Choice[] = [];
  let isRight = true;
  for (const item of node.items) {
    for (const choice of isMap(item) ? tuned(r, item) : [named(r, item)]) {
      const twice = choice && choices.some((other) => nameOfChoice(other) === nameOfChoice(choice));
      if (twice) r.problem(item, `\`${nameOfChoice(choice)}\` stands in \`with\` twice: keep one of them.`);
      if (!choice || twice) isRight = false;
      else choices.push(choice);
    }
  }
  const refused = isRight ? refusal(choices) : undefined;
  if (refused !== undefined) r.problem(node, refused.endsWith('.') ? refused : `${refused}.`);
  return isRight && refused === undefined ? choices : undefined;
}

/** `xbzrle`: an optimisation by its name alone, or undefined after saying what is wrong. */
function named(r: Reading, node: unknown): string | undefined {
  const name = isScalar(node) ? OPTIMIZATION_NAMES.find((one) => one === node.value) : undefined;
  if (name !== undefined) return name;
  const meant = isScalar(node) ? didYouMean(String(node.value), OPTIMIZATION_NAMES) : '';
  r.problem(
    node,
    `\`${r.document.textOf(node)}\` is not an optimisation.${meant} Accepted: ${STRUCTURES['technique.with'].accepts}.`,
  );
  return undefined;
}

/** `{ auto-converge: { initial: 30 % } }` */
function tuned(r: Reading, node: YAMLMap): (Choice | undefined)[] {
  if (node.items.length === 0) r.problem(node, 'Which optimisation is meant, such as `{ auto-converge: { initial: 30 % } }`?');
  const entries = entriesOf(node, r.document);
  return node.items.length === 0 || entries.length < node.items.length
    ? [undefined]
    : entries.map(({ key, value }) => {
        const name = named(r, key);
        return name === undefined ? undefined : withParameters(r, name, value);
      });
}

function withParameters(r: Reading, name: string, node: unknown): Choice | undefined {
  if ((isScalar(node) && node.value === null) || (isMap(node) && node.items.length === 0)) return name;
  if (!TUNABLE_NAMES.includes(name)) {
    r.problem(node, `\`${name}\` has no parameters: write its name alone.`);
    return undefined;
  }
  if (!isMap(node)) {
    const [example] = PARAMETER_KEYS.filter(({ path }) => path.startsWith(`technique.with.${name}.`));
    r.problem(node, `\`${name}\` must be a mapping of its parameters, as in \`${example!.example}\`.`);
    return undefined;
  }
  const parameters: Record<string, Value> = {};
  const problems = r.document.problems.length;
  const path = ['technique', 'with', name];
  r.entries(node, path, (parameter, value) => {
    const read = r.parameter(PARAMETER_KEYS.find((key) => key.path === [...path, parameter].join('.'))!, value);
    if (read !== undefined) parameters[parameter] = read;
  });
  if (r.document.problems.length > problems) return undefined;
  const choice = { name, parameters };
  const conflict = conflictIn(choice);
  if (conflict === undefined) return choice;
  r.problem(node, conflict);
  return undefined;
}

function nameOrFile(r: Reading, key: 'technique' | 'compare' | 'use', node: unknown): TechniqueRef | undefined {
  const accepted = `Accepted: ${key === 'use' ? STRUCTURES['technique.use'].accepts : STRUCTURES.technique.accepts}.`;
  if (!isScalar(node) || typeof node.value !== 'string') {
    r.problem(node, `\`${key}\` needs a name. ${accepted}`);
    return undefined;
  }
  const text = node.value;
  const name = TECHNIQUE_NAMES.find((one) => one === text);
  if (name) return { name };
  const shown = r.document.textOf(node);
  if (!text.endsWith('.ts')) {
    r.problem(node, `\`${shown}\` is not a technique.${didYouMean(text, TECHNIQUE_NAMES)} ${accepted}`);
  } else if (!text.startsWith('./')) {
    r.problem(
      node,
      `\`${shown}\` names a file, which must start with \`./\` and lies beside the experiment or below it.`,
    );
  } else if (
    text.includes('\\') ||
    text.split('/').includes('..') ||
    [...text].some((character) => character < ' ')
  ) {
    r.problem(
      node,
      `\`${shown}\` leaves the experiment's folder or is no plain path: name a file beside it or below it.`,
    );
  } else return { file: text };
  return undefined;
}
