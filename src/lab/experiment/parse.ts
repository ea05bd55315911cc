import leven from 'leven';
import { isMap, isScalar, isSeq } from 'yaml';
import { entriesOf, readDocument, type SourceDocument } from './document';
import { countRuns, impossible, MAX_RUNS, nameOf } from './expand';
import {
  TECHNIQUE_NAMES,
  type Experiment,
  type Problem,
  type SettingKey,
  type Settings,
  type SweepAxis,
  type TechniqueRef,
} from './experiment';
import { namesUnder, NOT_YET, SETTINGS, STRUCTURES } from './keys';

/** An experiment if there is nothing wrong with it, and everything that is wrong, in the order of the text. */
export interface ParsedExperiment {
  readonly experiment?: Experiment;
  readonly problems: readonly Problem[];
}

/**
 * Reads an experiment document (YAML or JSON). Never throws, whatever the text: each problem is one sentence that says
 * what is wrong and what would be accepted, and where.
 */
export function parseExperiment(text: string): ParsedExperiment {
  const document = readDocument(text);
  const { root, problems } = document;
  if (problems.length > 0) return { problems: inOrder(problems) };
  if (!root || (isScalar(root) && root.value === null)) {
    const message = 'The experiment is empty; write for example `guest: { memory: 1 GiB, writes: 64 MiB/s }`.';
    return { problems: [document.problemAt(undefined, message)] };
  }
  const experiment = new Reader(document).read(root);
  return problems.length > 0 ? { problems: inOrder(problems) } : { experiment, problems };
}

/** Reads one document's tree, and collects what is wrong with it. */
class Reader {
  private readonly settings: Partial<Settings> = {};
  private readonly nodes = new Map<string, unknown>();
  private techniques?: TechniqueRef[];
  private sweep: SweepAxis[] = [];

  constructor(private readonly document: SourceDocument) {}

  read(root: unknown): Experiment {
    this.mapping(root, '', 'The experiment must be a mapping', (name, value) => {
      if (name === 'guest')
        this.mapping(value, 'guest', this.mustBe('guest', value), (key, node) => this.setting(`guest.${key}`, node));
      else if (name === 'link') this.link(value);
      else if (name === 'technique' || name === 'compare') this.technique(name, value);
      else if (name === 'sweep') this.sweepOf(value);
      else this.setting(name, value);
    });
    const experiment: Experiment = {
      settings: this.settings,
      techniques: this.techniques ?? [{ name: 'pre-copy' }],
      sweep: this.sweep,
    };
    if (this.document.problems.length === 0) this.checkRuns(experiment);
    return experiment;
  }

  /** Visits a mapping's entries whose names are known; the others are problems. */
  private mapping(
    node: unknown,
    parent: '' | 'guest' | 'link',
    wrong: string,
    visit: (name: string, value: unknown) => void,
  ): void {
    if (!isMap(node)) return this.problem(node, `${wrong}${parent ? '' : ', such as `guest: { memory: 1 GiB }`'}.`);
    const known = namesUnder(parent);
    for (const { name, key, value } of entriesOf(node, this.document)) {
      if (known.includes(name)) {
        this.nodes.set(parent ? `${parent}.${name}` : name, value);
        visit(name, value);
      } else this.problem(key, unknownKey(name, parent, known));
    }
  }

  private link(node: unknown): void {
    if (isMap(node)) {
      this.mapping(node, 'link', '', (key, value) => this.setting(`link.${key}`, value));
    } else if (isScalar(node)) {
      this.nodes.set('link.bandwidth', node);
      this.assign('link.bandwidth', node, 'link', STRUCTURES.link.accepts);
    } else this.problem(node, `${this.mustBe('link', node)}.`);
  }

  private setting(path: string, node: unknown): void {
    if (isSettingKey(path)) this.assign(path, node, path, SETTINGS[path].accepts);
  }

  private assign(key: SettingKey, node: unknown, shown: string, accepts: string): void {
    const value = this.value(key, node, shown, accepts);
    if (value !== undefined) Object.assign(this.settings, { [key]: value });
  }

  /** The value of a setting's scalar, or undefined after saying what is wrong with it. */
  private value(key: SettingKey, node: unknown, shown: string, accepts: string): Settings[SettingKey] | undefined {
    if (key === 'guest.workload' && (isSeq(node) || isMap(node))) {
      this.problem(
        node,
        `Workloads in phases are not supported yet by this version: \`guest.workload\` takes ${accepts}.`,
      );
      return undefined;
    }
    if (!isScalar(node) || node.value === null) {
      this.problem(node, `\`${shown}\` needs one value: ${accepts}.`);
      return undefined;
    }
    const read = SETTINGS[key].read(node.value as string | number | boolean);
    if (typeof read !== 'object') return read;
    this.problem(node, `\`${shown}\`: \`${this.document.textOf(node)}\` ${read.problem}. Accepted: ${accepts}.`);
    return undefined;
  }

  private technique(key: 'technique' | 'compare', node: unknown): void {
    if (this.techniques) return this.problem(node, '`technique` and `compare` both say what to run: keep one of them.');
    this.techniques = [];
    if (key === 'technique' && isSeq(node)) {
      return this.problem(node, '`technique` takes one technique: write `compare` for a list.');
    }
    if (key === 'compare' && (!isSeq(node) || node.items.length === 0)) {
      return this.problem(node, `\`compare\` must be ${STRUCTURES.compare.accepts}.`);
    }
    for (const item of isSeq(node) ? node.items : [node]) {
      const technique = this.techniqueOf(key, item);
      if (!technique) continue;
      if (this.techniques.some((other) => nameOf(other) === nameOf(technique))) {
        this.problem(item, `\`${nameOf(technique)}\` stands in \`compare\` twice: keep one of them.`);
      } else this.techniques.push(technique);
    }
  }

  private techniqueOf(key: 'technique' | 'compare', node: unknown): TechniqueRef | undefined {
    const accepted = `Accepted: ${STRUCTURES.technique.accepts}.`;
    if (isMap(node)) {
      const isUse = node.items.some(
        (pair) => isScalar(pair.key) && (pair.key.value === 'use' || pair.key.value === 'with'),
      );
      this.problem(node, isUse ? `${NOT_YET.with}. ${accepted}` : `\`${key}\` takes names. ${accepted}`);
      return undefined;
    }
    if (!isScalar(node) || typeof node.value !== 'string') {
      this.problem(node, `\`${key}\` needs a name. ${accepted}`);
      return undefined;
    }
    const text = node.value;
    const name = TECHNIQUE_NAMES.find((one) => one === text);
    if (name) return { name };
    const shown = this.document.textOf(node);
    if (!text.endsWith('.ts')) {
      this.problem(node, `\`${shown}\` is not a technique.${didYouMean(text, TECHNIQUE_NAMES)} ${accepted}`);
    } else if (!text.startsWith('./')) {
      this.problem(
        node,
        `\`${shown}\` names a file, which must start with \`./\` and lies beside the experiment or below it.`,
      );
    } else if (
      text.includes('\\') ||
      text.split('/').includes('..') ||
      [...text].some((character) => character < ' ')
    ) {
      this.problem(
        node,
        `\`${shown}\` leaves the experiment's folder or is no plain path: name a file beside it or below it.`,
      );
    } else return { file: text };
    return undefined;
  }

  private sweepOf(node: unknown): void {
    if (!isMap(node)) return this.problem(node, `${this.mustBe('sweep', node)}.`);
    const known = [...Object.keys(SETTINGS), 'link'];
    for (const { name, key, value } of entriesOf(node, this.document)) {
      const path = name === 'link' ? 'link.bandwidth' : name;
      if (!isSettingKey(path)) {
        this.problem(
          key,
          `\`${shorten(name)}\` cannot be swept.${didYouMean(name, known)} Accepted: ${known.join(', ')}.`,
        );
      } else if (this.sweep.some((axis) => axis.key === path)) {
        this.problem(key, `\`${name}\` is swept twice: keep one of them.`);
      } else if (!isSeq(value) || value.items.length === 0) {
        this.problem(value, `\`sweep.${name}\` must be a list of values, each ${SETTINGS[path].accepts}.`);
      } else {
        this.nodes.set(`sweep.${path}`, value);
        this.sweep.push({ key: path, values: this.axisValues(path, name, value.items) });
      }
    }
  }

  private axisValues(path: SettingKey, name: string, items: readonly unknown[]): SweepAxis['values'] {
    const values: { value: Settings[SettingKey]; text: string }[] = [];
    for (const item of items) {
      const value = this.value(path, item, `sweep.${name}`, SETTINGS[path].accepts);
      if (value === undefined) continue;
      if (values.some((other) => other.value === value))
        this.problem(item, `\`sweep.${name}\` holds this value twice: keep one of them.`);
      values.push({ value, text: isScalar(item) ? String(item.value) : '' });
    }
    return values;
  }

  private checkRuns(experiment: Experiment): void {
    const runs = countRuns(experiment);
    if (runs > MAX_RUNS) {
      const message = `This sweep asks for ${runs} runs, techniques times combinations; at most ${MAX_RUNS} are made.`;
      return this.problem(this.nodes.get('sweep') ?? this.nodes.get('compare'), message);
    }
    const clash = impossible(experiment);
    if (!clash) return;
    const places = clash.keys.flatMap((key) => [`sweep.${key}`, key]);
    const place = places.find((path) => this.nodes.has(path));
    this.problem(place && this.nodes.get(place), clash.message);
  }

  private mustBe(name: keyof typeof STRUCTURES, node: unknown): string {
    const shown = isScalar(node) && node.value === null ? '' : this.document.textOf(node);
    return `\`${name}\` must be ${STRUCTURES[name].accepts}${shown ? `, not \`${shown}\`` : ''}`;
  }

  private problem(node: unknown, message: string): void {
    this.document.problems.push(this.document.problemAt(node, message));
  }
}

function unknownKey(name: string, parent: string, known: readonly string[]): string {
  if (Object.hasOwn(NOT_YET, name)) return `${NOT_YET[name]}.`;
  const where = parent ? `of \`${parent}\`` : 'of an experiment';
  return `\`${shorten(name)}\` is not a key ${where}.${didYouMean(name, known)} Accepted: ${known.join(', ')}.`;
}

/** ` Did you mean …?` for the candidate that a typing error may have meant; nothing if all are too different. */
function didYouMean(text: string, candidates: readonly string[]): string {
  if (text.length > 40) return '';
  const limit = Math.max(2, Math.floor(text.length / 3));
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: leven(text.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  return ranked[0] && ranked[0].distance <= limit ? ` Did you mean \`${ranked[0].candidate}\`?` : '';
}

function isSettingKey(path: string): path is SettingKey {
  return Object.hasOwn(SETTINGS, path);
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/** More than anybody repairs in one go. */
const MOST_PROBLEMS = 20;

function inOrder(problems: readonly Problem[]): Problem[] {
  return [...problems].sort((a, b) => a.line - b.line || a.column - b.column).slice(0, MOST_PROBLEMS);
}
