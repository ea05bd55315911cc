import { isScalar, type YAMLMap } from 'yaml';
import type { Value } from '../../engine/optimizations';
import { entriesOf, type SourceDocument } from './document';
import type { SettingKey, Settings } from './experiment';
import type { Installed } from './installed';
import type { Scalar, Unreadable } from './key';
import { namesUnder, SETTINGS } from './keys';
import { didYouMean } from './nearest';
import type { ParameterKey } from './parameter-keys';
import { duration, LONGEST_SECONDS } from './quantity';
import { STRUCTURES } from './structures';

/** A document that is being read: what is known of its places, and what is wrong with it. */
export class Reading {
  /** Where things stand, by the paths of their keys. */
  readonly nodes = new Map<string, unknown>();

  constructor(
    readonly document: SourceDocument,
    readonly installed: Installed,
  ) {}

  /** Visits the entries of the mapping at `path` whose names are known; the others are problems. */
  entries(map: YAMLMap, path: readonly string[], visit: (name: string, value: unknown) => void): void {
    const known = namesUnder(...path);
    for (const { name, key, value } of entriesOf(map, this.document)) {
      if (known.includes(name)) {
        this.nodes.set([...path, name].join('.'), value);
        visit(name, value);
      } else this.problem(key, unknownKey(name, path, known));
    }
  }

  /**
   * The value of a setting's scalar, or undefined after saying what is wrong with it. `shown` is what its author calls it,
   * `accepts` what may stand there; default: one value.
   */
  value(key: SettingKey, node: unknown, shown: string, accepts?: string): Settings[SettingKey] | undefined {
    accepts ??= SETTINGS[key].acceptsAlone ?? SETTINGS[key].accepts;
    if (!isScalar(node) || node.value === null) {
      this.problem(node, `\`${shown}\` needs one value: ${accepts}.`);
      return undefined;
    }
    const read = this.named(key, node.value) ?? SETTINGS[key].read(node.value as Scalar);
    if (!isUnreadable(read)) return read;
    this.unreadable(node, shown, read, accepts);
    return undefined;
  }

  /** The value of a parameter of an optimisation, or undefined after saying what is wrong with it. */
  parameter({ path, accepts, read }: ParameterKey, node: unknown): Value | undefined {
    const [name, optimization] = path.split('.').reverse();
    const shown = `${name}\` of \`${optimization}`;
    if (!isScalar(node) || node.value === null) {
      this.problem(node, `\`${shown}\` needs one value: ${accepts}.`);
      return undefined;
    }
    const value = read(node.value as Scalar);
    if (!isUnreadable(value)) return value;
    this.unreadable(node, shown, value, accepts);
    return undefined;
  }

  private unreadable(node: unknown, shown: string, { problem, meant }: Unreadable, accepts: string): void {
    const nearest = meant === undefined ? '' : ` Did you mean \`${meant}\`?`;
    this.problem(node, `\`${shown}\`: \`${this.document.textOf(node)}\` ${problem}.${nearest} Accepted: ${accepts}.`);
  }

  /** A name that this installation knows beside those of the key table. */
  private named(key: SettingKey, value: unknown): string | undefined {
    if (typeof value !== 'string') return undefined;
    const { traces, presets } = this.installed;
    return (key === 'guest.workload' && traces.has(value)) || (key === 'preset' && Object.hasOwn(presets, value))
      ? value
      : undefined;
  }

  /** A duration within a list, or undefined after saying what is wrong with it. */
  seconds(node: unknown, name: string, of: string, least: number): number | undefined {
    const read = isScalar(node) && node.value !== null ? duration.read(String(node.value)) : { problem: 'is no duration' };
    const wrong = typeof read !== 'number' ? read.problem : tooShortOrLong(read, least);
    if (wrong === '') return read as number;
    this.problem(node, `\`${name}\` of ${of}: \`${this.document.textOf(node)}\` ${wrong}. Accepted: ${duration.accepts}.`);
    return undefined;
  }

  /** The beginning of a sentence about a key that holds something else than it should. */
  mustBe(name: keyof typeof STRUCTURES, node: unknown): string {
    const shown = isScalar(node) && node.value === null ? '' : this.document.textOf(node);
    return `\`${name}\` must be ${STRUCTURES[name].accepts}${shown ? `, not \`${shown}\`` : ''}`;
  }

  /** Something is wrong at a node. */
  problem(node: unknown, message: string): void {
    this.document.problems.push(this.document.problemAt(node, message));
  }
}

function tooShortOrLong(seconds: number, least: number): string {
  if (seconds < least) return `is too short; the least is \`${duration.write(least)}\``;
  return seconds > LONGEST_SECONDS ? `is too long; the most is \`${duration.write(LONGEST_SECONDS)}\`` : '';
}

function unknownKey(name: string, path: readonly string[], known: readonly string[]): string {
  const parent = path.join('.');
  const accepted = `${didYouMean(name, known)} Accepted: ${known.join(', ')}.`;
  const optimization = /^technique\.with\.(.+)/.exec(parent)?.[1];
  if (optimization !== undefined) return `\`${shorten(name)}\` is not a parameter of \`${optimization}\`.${accepted}`;
  const where =
    parent === ''
      ? 'of an experiment'
      : parent === 'guest.workload'
        ? 'of a phase'
        : parent === 'faults'
          ? 'of a fault'
          : `of \`${parent}\``;
  return `\`${shorten(name)}\` is not a key ${where}.${accepted}`;
}

export function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function isUnreadable(read: unknown): read is Unreadable {
  return typeof read === 'object' && read !== null && 'problem' in read;
}
