import type { SettingKey, Settings } from './experiment';
import { nearest } from './nearest';
import type { Quantity } from './quantity';

/** One thing that an experiment may say. */
export interface Key {
  /** Where it stands in the document: `guest.memory`. */
  readonly path: string;
  /** One sentence for the hover. */
  readonly meaning: string;
  /** What its values are, as they are read: `bytes`, `seconds`, `name`, `list` … */
  readonly unit: string;
  /** What would be accepted, as it stands in a sentence: `a size in B, …`. */
  readonly accepts: string;
  /** The default as the reader would write it, or a clause. */
  readonly default: string;
  /** A complete line that is right, where the key stands. */
  readonly example: string;
  /** Values that completion offers. */
  readonly values: readonly string[];
}

/** A value as YAML has it. */
export type Scalar = string | number | boolean;

/** One clause that says what is wrong with a value: `is too large`. */
export interface Unreadable {
  readonly problem: string;
  /** What may have been meant. */
  readonly meant?: string;
}

/** A key that holds one value and can be swept. */
export interface SettingSpec<K extends SettingKey = SettingKey> extends Key {
  readonly path: K;
  /** What is accepted where only one value may stand: in a sweep, in a phase. Default: the same. */
  readonly acceptsAlone?: string;
  /** The value of a scalar, or what is wrong with it. */
  read(scalar: Scalar): Settings[K] | Unreadable;
}

export function quantityBetween(kind: Quantity, unit: string, least: number, most: number) {
  return {
    unit,
    accepts: kind.accepts,
    read(scalar: Scalar): number | Unreadable {
      const value = kind.read(String(scalar));
      if (typeof value !== 'number') return value;
      if (value < least) return { problem: `is too small; the least is \`${kind.write(least)}\`` };
      if (value > most) return { problem: `is too large; the most is \`${kind.write(most)}\`` };
      return value;
    },
  };
}

export function wholeNumber(least: number, most: number, unit = 'count') {
  return {
    unit,
    accepts: `a whole number from ${least} to ${most}`,
    read: (scalar: Scalar): number | Unreadable =>
      typeof scalar !== 'number' || !Number.isInteger(scalar)
        ? { problem: 'is not a whole number' }
        : scalar < least || scalar > most
          ? { problem: 'is out of range' }
          : scalar,
  };
}

export const fraction = {
  unit: 'fraction',
  accepts: 'a fraction from 0 to 1, such as `0.3` or `30 %`',
  read: (scalar: Scalar): number | Unreadable => {
    const value = fractionIn(scalar);
    return value !== undefined && value >= 0 && value <= 1 ? value : { problem: 'is not a fraction from 0 to 1' };
  },
};

/** `0.3` or `30 %`; undefined: neither. */
export function fractionIn(scalar: Scalar): number | undefined {
  if (typeof scalar === 'number') return Number.isFinite(scalar) ? scalar : undefined;
  const percent = /^([0-9]+(?:\.[0-9]+)?)\s*%$/.exec(String(scalar).trim());
  return percent ? Number(percent[1]) / 100 : undefined;
}

export const flag = {
  unit: 'true or false',
  accepts: '`true` or `false`',
  values: ['true', 'false'],
  read: (scalar: Scalar): boolean | Unreadable =>
    typeof scalar === 'boolean' ? scalar : { problem: 'is neither `true` nor `false`' },
};

/** `note` is what else is to be said to whoever gives another name. */
export function oneOf(noun: string, values: readonly string[], note = '') {
  return {
    unit: 'name',
    accepts: `one of ${values.join(', ')}`,
    values,
    read: (scalar: Scalar): string | Unreadable =>
      values.find((value) => value === scalar) ?? {
        problem: `is not ${noun}${note}`,
        meant: nearest(String(scalar), values),
      },
  };
}
