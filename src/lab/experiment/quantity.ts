import { PAGE_SIZE } from '../../engine/scenario';

/**
 * Quantities as people write them: a number and a unit. Each kind of quantity reads text into one SI-like number
 * (bytes, pages per second, bytes per second, seconds) and writes that number back as text that reads to the same.
 */
export interface Quantity {
  /** What the quantity is called in an error message, with its article: `a size`. */
  readonly name: string;
  /** What would be accepted, for messages and hovers. */
  readonly accepts: string;
  /** The units that are offered for completion, smallest first. */
  readonly units: readonly string[];
  /** The number, or one clause that says what is wrong with the text. */
  read(text: string): number | { problem: string };
  /** Text that reads back to exactly this number, as short as it can be; of two units in the larger one. */
  write(value: number): string;
}

/** Multiply by `times`, then divide by `over`: two exact integers, so that `300 ms` is 0.3 to the last bit. */
interface Unit {
  readonly name: string;
  readonly times: number;
  readonly over: number;
}

const NUMBER_AND_UNIT = /^([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)\s*(.*)$/;

const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB'].map((name, power) => ({ name, times: 1024 ** power, over: 1 }));

const DECIMAL_BITS = ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s'].map((name, power) => ({
  name,
  times: 1000 ** power,
  over: 8,
}));

/** Memory sizes, in bytes. Binary prefixes only: `MB` means two things, and the difference is 4.9 %. */
export const size = quantity('a size', 'a size in B, KiB, MiB, GiB or TiB, such as `1 GiB`', BINARY, (unit) => {
  const binary = /^([kmgt])i?b?$/i.exec(unit);
  return binary ? `write \`${binary[1].toUpperCase()}iB\` instead of \`${unit}\` (powers of 1024)` : undefined;
});

/** How fast pages are touched, in pages per second. A rate in bytes counts whole pages: 4 MiB/s is 1024 pages/s. */
export const pageRate = quantity(
  'a rate',
  'a rate such as `64 MiB/s` or `16384 pages/s`',
  [
    { name: 'pages/s', times: 1, over: 1 },
    ...BINARY.map(({ name, times }) => ({ name: `${name}/s`, times, over: PAGE_SIZE })),
  ],
  (unit) => {
    if (/bit|bps/i.test(unit)) return 'touches of memory are counted in bytes or pages, not in bits';
    if (unit === 'page/s') return 'write `pages/s`';
    if (BINARY.some(({ name }) => name === unit) || /^pages?$/.test(unit))
      return `a rate is per second, so write \`${unit}/s\``;
    const binary = /^([kmgt])i?b?(\/s|ps)?$/i.exec(unit);
    return binary ? `write \`${binary[1].toUpperCase()}iB/s\` instead of \`${unit}\` (powers of 1024)` : undefined;
  },
);

/** What a link carries, in bytes per second. Networks are sold in decimal bits. */
export const bandwidth = quantity(
  'a bandwidth',
  'a bandwidth such as `1 Gbit/s` (bit/s, kbit/s, Mbit/s, Gbit/s, Tbit/s) or `128 MiB/s`',
  [...BINARY.map(({ name, times }) => ({ name: `${name}/s`, times, over: 1 })), ...DECIMAL_BITS],
  (unit) => {
    const bits = /^([kmgt])(?:bit|b|bps|b\/s)$/i.exec(unit);
    if (bits && !/B/.test(unit)) {
      const prefix = bits[1].toLowerCase() === 'k' ? 'k' : bits[1].toUpperCase();
      const name = `${prefix}bit/s`;
      return /bit$/.test(unit)
        ? `a bandwidth is per second, so write \`${name}\``
        : `write \`${name}\` instead of \`${unit}\``;
    }
    if (BINARY.some(({ name }) => name === unit)) return `a bandwidth is per second, so write \`${unit}/s\``;
    const bytes = /^([kmgt])b(\/s|ps)?$/i.exec(unit);
    return bytes
      ? `write \`${bytes[1].toUpperCase()}iB/s\` for bytes or \`${bytes[1].toUpperCase()}bit/s\` for bits`
      : undefined;
  },
);

/** More than a day: nothing in an experiment takes longer, seconds. What the engine keeps grows with its length. */
export const LONGEST_SECONDS = 100_000;

/** Durations, in seconds. */
export const duration = quantity(
  'a duration',
  'a duration in ns, us, ms or s, such as `300 ms`',
  [
    { name: 'ns', times: 1, over: 1e9 },
    { name: 'us', times: 1, over: 1e6 },
    { name: 'µs', times: 1, over: 1e6 },
    { name: 'ms', times: 1, over: 1e3 },
    { name: 's', times: 1, over: 1 },
  ],
  (unit) => {
    if (/^(sec|second)s?$/i.test(unit)) return 'write `s` for seconds';
    if (/^(m|min|minutes?|h|hours?)$/i.test(unit)) return 'write it in seconds (`s`)';
    return undefined;
  },
);

function quantity(
  name: string,
  accepts: string,
  units: readonly Unit[],
  advise: (unit: string) => string | undefined,
): Quantity {
  const largestFirst = [...units].sort((a, b) => b.times / b.over - a.times / a.over);
  const read = (text: string): number | { problem: string } => {
    if (text.length > 100) return { problem: `is not ${name}` };
    const match = NUMBER_AND_UNIT.exec(text.trim());
    if (!match) return { problem: `is not ${name}` };
    const number = Number(match[1]);
    const unitName = match[2].trim();
    if (unitName === '' && number === 0) return 0;
    if (unitName === '') return { problem: 'has no unit' };
    const unit = units.find((candidate) => candidate.name === unitName);
    if (!unit) {
      const advice = advise(unitName);
      return {
        problem: `has the unit \`${shorten(unitName)}\`${advice ? `: ${advice}` : ', which is not known here'}`,
      };
    }
    if (number < 0) return { problem: 'is negative' };
    const value = (number * unit.times) / unit.over;
    return Number.isFinite(value) ? value : { problem: 'is too large to be a number' };
  };
  const write = (value: number): string => {
    const exact = largestFirst
      .filter((unit) => unit.name !== 'µs')
      .map((unit) => ({ unit, number: (value * unit.over) / unit.times }))
      .filter(({ unit, number }) => read(`${number} ${unit.name}`) === value);
    const length = ({ number }: { number: number }) => String(number).length;
    const whole = exact.filter(({ number }) => number >= 1 || number === 0);
    const readable = whole.reduce((best, one) => (length(one) < length(best) ? one : best), whole[0] ?? exact[0]);
    return readable ? `${readable.number} ${readable.unit.name}` : `${value} ${units[0].name}`;
  };
  return { name, accepts, units: units.map((unit) => unit.name), read, write };
}

function shorten(text: string): string {
  return text.length > 20 ? `${text.slice(0, 20)}…` : text;
}
