import { isMap, isScalar, isSeq } from 'yaml';
import { entriesOf, readDocument } from './document';
import { countRuns, MAX_REAL_RUNS, MAX_RUNS } from './expand';
import type { Experiment, Problem, SettingKey, Settings, SweepAxis, TechniqueRef } from './experiment';
import { impossible } from './impossible';
import { INSTALLED, type Installed } from './installed';
import { SETTINGS, SWEPT_NAMES } from './keys';
import { didYouMean } from './nearest';
import { readFaults } from './read-faults';
import { readPhases } from './read-phases';
import { readTechniques } from './read-technique';
import { Reading, shorten } from './reading';
import { STRUCTURES } from './structures';
import { readWorld, WORLD_KEY, worldsOf, type WorldChoice } from './world';

/** An experiment if there is nothing wrong with it, and everything that is wrong, in the order of the text. */
export interface ParsedExperiment {
  readonly experiment?: Experiment;
  readonly problems: readonly Problem[];
}

/**
 * Reads an experiment document (YAML or JSON). Never throws, whatever the text: each problem is one sentence that says
 * what is wrong and what would be accepted, and where.
 */
export function parseExperiment(text: string, installed: Installed = INSTALLED): ParsedExperiment {
  const document = readDocument(text);
  const { root, problems } = document;
  if (problems.length > 0) return { problems: inOrder(problems) };
  if (!root || (isScalar(root) && root.value === null)) {
    const message = 'The experiment is empty; write for example `guest: { memory: 1 GiB, writes: 64 MiB/s }`.';
    return { problems: [document.problemAt(undefined, message)] };
  }
  const experiment = new Reader(new Reading(document, installed)).read(root);
  return problems.length > 0 ? { problems: inOrder(problems) } : { experiment, problems };
}

/** The keys that hold a mapping of settings. */
const MAPPINGS = ['guest', 'link', 'stream', 'destination', 'storage', 'client'] as const;
type Mapping = (typeof MAPPINGS)[number];

/** Reads one document's tree. */
class Reader {
  private readonly settings: Partial<Settings> = {};
  private techniques?: TechniqueRef[];
  private faults: Experiment['faults'] = [];
  private sweep: SweepAxis[] = [];
  private world?: WorldChoice;

  constructor(private readonly r: Reading) {}

  read(root: unknown): Experiment {
    const { r } = this;
    if (!isMap(root)) r.problem(root, 'The experiment must be a mapping, such as `guest: { memory: 1 GiB }`.');
    else r.entries(root, [], (name, value) => this.top(name, value));
    const experiment: Experiment = {
      settings: this.settings,
      ...(this.faults && this.faults.length > 0 && { faults: this.faults }),
      techniques: this.techniques ?? [{ name: 'pre-copy' }],
      sweep: this.sweep,
      ...(this.world !== undefined && { world: this.world }),
    };
    if (r.document.problems.length === 0) this.checkRuns(experiment);
    return experiment;
  }

  private top(name: string, value: unknown): void {
    const mapping = MAPPINGS.find((one) => one === name);
    if (mapping && (isMap(value) || mapping !== 'link')) this.mapping(mapping, value);
    else if (name === 'link') this.bandwidth(value);
    else if (name === 'tracking') this.tracking(value);
    else if (name === 'technique' || name === 'compare') this.toRun(name, value);
    else if (name === 'faults') this.faults = readFaults(this.r, value);
    else if (name === 'sweep') this.sweepOf(value);
    else if (name === 'world') this.worldOf(value);
    else this.setting(name, value);
  }

  private mapping(name: Mapping, node: unknown): void {
    if (!isMap(node)) return this.r.problem(node, `${this.r.mustBe(name, node)}.`);
    this.r.entries(node, [name], (key, value) => {
      if (name === 'guest' && key === 'workload' && (isSeq(value) || isMap(value))) {
        Object.assign(this.settings, { 'guest.workload': readPhases(this.r, value) });
      } else this.setting(`${name}.${key}`, value);
    });
  }

  private bandwidth(node: unknown): void {
    if (!isScalar(node)) return this.r.problem(node, `${this.r.mustBe('link', node)}.`);
    this.r.nodes.set('link.bandwidth', node);
    this.assign('link.bandwidth', node, 'link', STRUCTURES.link.accepts);
  }

  private tracking(node: unknown): void {
    if (!isMap(node)) return this.setting('tracking', node);
    this.r.entries(node, ['tracking'], (key, value) => {
      if (key === 'use') this.assign('tracking', value, 'tracking.use', SETTINGS.tracking.acceptsAlone);
      else this.setting(`tracking.${key}`, value);
    });
  }

  private toRun(key: 'technique' | 'compare', node: unknown): void {
    if (this.techniques) this.r.problem(node, '`technique` and `compare` both say what to run: keep one of them.');
    else this.techniques = readTechniques(this.r, key, node);
  }

  private setting(path: string, node: unknown): void {
    if (isSettingKey(path)) this.assign(path, node, path, SETTINGS[path].accepts);
  }

  private assign(key: SettingKey, node: unknown, shown: string, accepts?: string): void {
    const value = this.r.value(key, node, shown, accepts);
    if (value !== undefined) Object.assign(this.settings, { [key]: value });
  }

  private worldOf(node: unknown): void {
    const { r } = this;
    const { accepts } = WORLD_KEY;
    if (!isScalar(node) || node.value === null) return r.problem(node, `\`world\` needs one value: ${accepts}.`);
    const read = readWorld(node.value);
    if (typeof read === 'string') this.world = read;
    else {
      const meant = read.meant === undefined ? '' : ` Did you mean \`${read.meant}\`?`;
      r.problem(node, `\`world\`: \`${r.document.textOf(node)}\` ${read.problem}.${meant} Accepted: ${accepts}.`);
    }
  }

  private sweepOf(node: unknown): void {
    const { r } = this;
    if (!isMap(node)) return r.problem(node, `${r.mustBe('sweep', node)}.`);
    for (const { name, key, value } of entriesOf(node, r.document)) {
      const path = name === 'link' ? 'link.bandwidth' : name === 'tracking.use' ? 'tracking' : name;
      if (!isSettingKey(path)) {
        const accepted = `Accepted: ${SWEPT_NAMES.join(', ')}.`;
        r.problem(key, `\`${shorten(name)}\` cannot be swept.${didYouMean(name, SWEPT_NAMES)} ${accepted}`);
      } else if (this.sweep.some((axis) => axis.key === path)) {
        r.problem(key, `\`${name}\` is swept twice: keep one of them.`);
      } else if (!isSeq(value) || value.items.length === 0) {
        const { accepts, acceptsAlone = accepts } = SETTINGS[path];
        r.problem(value, `\`sweep.${name}\` must be a list of values, each ${acceptsAlone}.`);
      } else {
        r.nodes.set(`sweep.${path}`, value);
        this.sweep.push({ key: path, values: this.axisValues(path, name, value.items) });
      }
    }
  }

  private axisValues(path: SettingKey, name: string, items: readonly unknown[]): SweepAxis['values'] {
    const values: { value: Settings[SettingKey]; text: string }[] = [];
    for (const item of items) {
      const value = this.r.value(path, item, `sweep.${name}`);
      if (value === undefined) continue;
      if (values.some((other) => other.value === value))
        this.r.problem(item, `\`sweep.${name}\` holds this value twice: keep one of them.`);
      values.push({ value, text: isScalar(item) ? String(item.value) : '' });
    }
    return values;
  }

  private checkRuns(experiment: Experiment): void {
    const { r } = this;
    const runs = countRuns(experiment);
    if (runs > MAX_RUNS) {
      const message = `This sweep asks for ${runs} runs, techniques times combinations; at most ${MAX_RUNS} are made.`;
      return r.problem(r.nodes.get('sweep') ?? r.nodes.get('compare'), message);
    }
    if (runs > MAX_REAL_RUNS && worldsOf(experiment).includes('qemu')) {
      const message = `On QEMU each run takes seconds, and this experiment asks for ${runs}; at most ${MAX_REAL_RUNS} are made.`;
      return r.problem(r.nodes.get('world'), message);
    }
    const clash = impossible(experiment, r.installed);
    if (!clash) return;
    const places = clash.places.flatMap((key) => [`sweep.${key}`, key]);
    const place = places.find((path) => r.nodes.get(path) !== undefined);
    r.problem(place && r.nodes.get(place), clash.message);
  }
}

function isSettingKey(path: string): path is SettingKey {
  return Object.hasOwn(SETTINGS, path);
}

/** More than anybody repairs in one go. */
const MOST_PROBLEMS = 20;

function inOrder(problems: readonly Problem[]): Problem[] {
  return [...problems].sort((a, b) => a.line - b.line || a.column - b.column).slice(0, MOST_PROBLEMS);
}
