import type { Scenario } from '../scenario';

/** A value of a parameter: bytes, bytes per second, a fraction, a count; or whether something is done. */
export type Value = number | boolean;

/** Something of an optimisation that an experiment may set. Reading, errors, completion and the reference use this. */
export type Parameter = NumberParameter | FlagParameter;

interface Said {
  /** One sentence: what it is. */
  readonly meaning: string;
  /** Where the default comes from, as a clause. */
  readonly source: string;
}

export interface NumberParameter extends Said {
  readonly unit: 'bytes' | 'bytes per second' | 'fraction' | 'count';
  readonly default: number;
  readonly least: number;
  readonly most: number;
  /** Which values in between there are: multiples of this one, or powers of two. Default: all. */
  readonly steps?: number | 'powers of two';
  /** The default in a setting that has a say in it. */
  defaultIn?(scenario: Scenario): number | undefined;
  /** Some values to be offered. */
  readonly examples: readonly number[];
}

export interface FlagParameter extends Said {
  readonly unit: 'true or false';
  readonly default: boolean;
}

export type Parameters = Readonly<Record<string, Parameter>>;

/** A value for each parameter. */
export type ValuesOf<P extends Parameters> = {
  readonly [K in keyof P]: P[K] extends FlagParameter ? boolean : P[K] extends NumberParameter ? number : Value;
};

/** An optimisation as it is chosen: by its name, or with values for some of its parameters. */
export type Choice = string | Tuned;

export interface Tuned {
  readonly name: string;
  readonly parameters: Readonly<Record<string, Value>>;
}

export function nameOfChoice(choice: Choice): string {
  return typeof choice === 'string' ? choice : choice.name;
}

/** A value for each parameter: what the choice says, or else this. */
export function chosen(
  parameters: Parameters,
  choice: Choice,
  byDefault: (parameter: Parameter) => Value,
): Record<string, Value> {
  const said = typeof choice === 'string' ? {} : choice.parameters;
  const values = Object.entries(parameters).map(([name, parameter]) => [name, said[name] ?? byDefault(parameter)]);
  return Object.fromEntries(values) as Record<string, Value>;
}

/** The values that hold in this setting. */
export function valuesIn(scenario: Scenario, parameters: Parameters, choice: Choice): Record<string, Value> {
  return chosen(parameters, choice, (parameter) => {
    const bySetting = parameter.unit === 'true or false' ? undefined : parameter.defaultIn?.(scenario);
    return bySetting ?? parameter.default;
  });
}
