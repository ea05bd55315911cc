import {
  nameOfChoice,
  optimizationNamed,
  optimizations,
  type Choice,
  type Parameter,
  type Value,
} from '../../engine/optimizations';
import type { NumberParameter } from '../../engine/optimizations/parameter';
import { flag, fractionIn, wholeNumber, type Key, type Scalar, type Unreadable } from './key';
import { bandwidth, size } from './quantity';

/** A parameter of an optimisation, as something that an experiment may say. */
export interface ParameterKey extends Key {
  /** The value of a scalar, or what is wrong with it. */
  read(scalar: Scalar): Value | Unreadable;
}

export const OPTIMIZATION_NAMES: readonly string[] = Object.keys(optimizations);

/** Where optimisations are named. */
const WITH = 'technique.with';

/** What is read of each optimisation's own declaration. */
export const PARAMETER_KEYS: readonly ParameterKey[] = OPTIMIZATION_NAMES.flatMap((name) =>
  Object.entries(parametersOf(name)).map(([parameter, declared]) => parameterKey(name, parameter, declared)),
);

/** The optimisations themselves, for whoever wants to know what a name stands for. */
export const OPTIMIZATION_KEYS: readonly Key[] = OPTIMIZATION_NAMES.map((name) => {
  const own = PARAMETER_KEYS.filter(({ path }) => path.startsWith(`${WITH}.${name}.`));
  const names = own.map(({ path }) => path.slice(path.lastIndexOf('.') + 1)).join(', ');
  return {
    path: `${WITH}.${name}`,
    meaning: optimizationNamed(name).summary,
    unit: 'name or mapping',
    accepts: own.length > 0 ? `its name alone, or a mapping of its parameters: ${names}` : 'its name alone',
    default: 'none',
    example: own[0]?.example ?? `use: ${techniqueFor(name)}, with: [${name}]`,
    values: [],
  };
});

/** The optimisations that have parameters: those that a mapping in `with` may name. */
export const TUNABLE_NAMES = OPTIMIZATION_NAMES.filter((name) => Object.keys(parametersOf(name)).length > 0);

/** An optimisation as a label shows it: `auto-converge (initial 30 %; increment 5 %)`. */
export function textOfChoice(choice: Choice): string {
  const name = nameOfChoice(choice);
  const said = typeof choice === 'string' ? [] : Object.entries(choice.parameters);
  const texts = said.map(([parameter, value]) => `${parameter} ${written(parametersOf(name)[parameter]!, value)}`);
  return texts.length > 0 ? `${name} (${texts.join('; ')})` : name;
}

function parametersOf(name: string): Readonly<Record<string, Parameter>> {
  return optimizationNamed(name).parameters ?? {};
}

function techniqueFor(name: string): string {
  return optimizationNamed(name).helps === 'post-copy' ? 'post-copy' : 'pre-copy';
}

function parameterKey(optimization: string, name: string, parameter: Parameter): ParameterKey {
  const reader = readerOf(parameter);
  const { default: byDefault, source } = parameter;
  const examples = parameter.unit === 'true or false' ? [false, true] : parameter.examples;
  const example = examples.find((value) => value !== byDefault)!;
  return {
    path: `${WITH}.${optimization}.${name}`,
    meaning: parameter.meaning,
    ...reader,
    default: `${written(parameter, byDefault)} (${source})`,
    example: `use: ${techniqueFor(optimization)}, with: [{ ${optimization}: { ${name}: ${written(parameter, example)} } }]`,
    values: examples.map((value) => written(parameter, value)),
  };
}

type Reader = Pick<ParameterKey, 'unit' | 'accepts' | 'read'>;

function readerOf(parameter: Parameter): Reader {
  if (parameter.unit === 'true or false') return flag;
  const { unit, least, most, steps } = parameter;
  switch (unit) {
    case 'count':
      return wholeNumber(least, most);
    case 'fraction': {
      const problem = 'is neither a fraction nor a percentage';
      return stepwise(parameter, 'a whole percentage', (scalar) => fractionIn(scalar) ?? { problem });
    }
    case 'bytes':
      return stepwise(parameter, 'a size that is a power of two', (scalar) => size.read(String(scalar)));
    case 'bytes per second': {
      const what = typeof steps === 'number' ? `a multiple of ${bandwidth.write(steps)}` : 'a bandwidth';
      return stepwise(parameter, what, (scalar) => bandwidth.read(String(scalar)));
    }
  }
}

/** Values between the bounds of a parameter, of its steps. */
function stepwise(parameter: NumberParameter, what: string, read: (scalar: Scalar) => number | Unreadable): Reader {
  const { unit, least, most, examples } = parameter;
  const [from, to, such] = [least, most, examples[0]!].map((value) => `\`${written(parameter, value)}\``);
  return {
    unit,
    accepts: `${what} from ${from} to ${to}, such as ${such}`,
    read(scalar) {
      const value = read(scalar);
      if (typeof value !== 'number') return value;
      if (value < least) return { problem: `is too small; the least is ${from}` };
      if (value > most) return { problem: `is too large; the most is ${to}` };
      return isStep(parameter, value) ? value : { problem: `is not ${what}` };
    },
  };
}

/** Two decimal fractions may miss each other by a bit. */
function isStep({ steps }: NumberParameter, value: number): boolean {
  if (steps === undefined) return true;
  const count = steps === 'powers of two' ? Math.log2(value) : value / steps;
  return Math.abs(count - Math.round(count)) < 1e-9;
}

/** A value as an author would write it. */
function written({ unit }: Parameter, value: Value): string {
  if (typeof value === 'boolean') return String(value);
  switch (unit) {
    case 'bytes':
      return size.write(value);
    case 'bytes per second':
      return bandwidth.write(value);
    case 'fraction':
      return `${Math.round(100 * value)} %`;
    default:
      return String(value);
  }
}
