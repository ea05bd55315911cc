import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml';
import { refusal } from '../../engine/optimizations';
import { TECHNIQUE_NAMES, type Refinement, type SettingKey, type Settings, type TechniqueRef } from './experiment';
import { nameOf } from './expand';
import { didYouMean } from './nearest';
import type { Reading } from './reading';
import { OPTIMIZATION_NAMES, STRUCTURES } from './structures';

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
  let names: readonly string[] | undefined = [];
  let preset: Settings[SettingKey] | undefined;
  const said = new Set<string>();
  r.entries(node, [key], (name, value) => {
    said.add(name);
    if (name === 'use') technique = nameOrFile(r, 'use', value);
    else if (name === 'with') names = optimizations(r, value);
    else preset = r.value('preset', value, 'preset');
  });
  if (!said.has('use')) {
    const known = said.size > 0 || node.items.length === 0;
    if (known) r.problem(node, '`use` is missing: which technique is meant, such as `{ use: pre-copy }`?');
  }
  if (!technique || !names) return undefined;
  const refinement: Refinement = {
    ...(names.length > 0 && { with: names }),
    ...(typeof preset === 'string' && { preset }),
  };
  return { ...technique, ...refinement };
}

function optimizations(r: Reading, node: unknown): readonly string[] | undefined {
  const { accepts } = STRUCTURES['technique.with'];
  if (!isSeq(node)) {
    r.problem(node, `\`with\` must be ${accepts}.`);
    return undefined;
  }
  const names: string[] = [];
  for (const item of node.items) {
    const shown = r.document.textOf(item);
    const name = isScalar(item) ? OPTIMIZATION_NAMES.find((one) => one === item.value) : undefined;
    if (name === undefined) {
      const meant = isScalar(item) ? didYouMean(String(item.value), OPTIMIZATION_NAMES) : '';
      r.problem(item, `\`${shown}\` is not an optimisation.${meant} Accepted: ${accepts}.`);
    } else if (names.includes(name)) r.problem(item, `\`${name}\` stands in \`with\` twice: keep one of them.`);
    else names.push(name);
  }
  const refused = names.length === node.items.length ? refusal(names) : undefined;
  if (refused !== undefined) r.problem(node, refused.endsWith('.') ? refused : `${refused}.`);
  return names.length === node.items.length && refused === undefined ? names : undefined;
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
