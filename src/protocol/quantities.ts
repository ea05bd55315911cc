/** Quantities as people read them, in the host as in the renderer: the same on every machine, whatever its language. */

const NO_BREAK = '\u00a0';

/** `8.00 ms`, `1.25 s`, `3 min 20 s`. */
export function seconds(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return 'for ever';
  if (value === 0) return `0${NO_BREAK}s`;
  if (value < 0.9995e-3) return `${significant(value * 1e6, digits)}${NO_BREAK}µs`;
  if (value < 0.9995) return `${significant(value * 1e3, digits)}${NO_BREAK}ms`;
  if (value < 119.95) return `${significant(value, digits)}${NO_BREAK}s`;
  const whole = Math.round(value);
  return `${count(Math.floor(whole / 60))}${NO_BREAK}min${NO_BREAK}${whole % 60}${NO_BREAK}s`;
}

/** `1.07 GiB`. */
export function bytes(value: number, digits = 3): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let power = 0;
  while (value >= 1023.95 && power < units.length - 1) {
    value /= 1024;
    power++;
  }
  return `${power === 0 ? count(value) : significant(value, digits)}${NO_BREAK}${units[power]}`;
}

/** `262,144`. */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A share of one: `62 %`. */
export function share(value: number): string {
  return `${Math.round(value * 100)}${NO_BREAK}%`;
}

/** `13.6` times, `1.07` times. */
export function times(value: number): string {
  return significant(value, 3);
}

/** Thousandths of a point: `2.5`. */
export function points(milliPoints: number): string {
  return String(milliPoints / 1000);
}

/** `2.5 of 3 points`; empty for what is worth none. */
export function score(milliPoints: number, maxMilliPoints: number): string {
  if (maxMilliPoints === 0) return '';
  return `${points(milliPoints)} of ${points(maxMilliPoints)} point${maxMilliPoints === 1000 ? '' : 's'}`;
}

/** `1 page`, `3 pages`. */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function list(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** `pre-copy` at the start of a sentence: `Pre-copy`. File names stay as they are. */
export function capital(name: string): string {
  return /^[a-z]/.test(name) && !name.includes('/') ? name[0]!.toUpperCase() + name.slice(1) : name;
}

function significant(value: number, digits: number): string {
  return value >= 10 ** (digits - 1) ? count(value) : value.toPrecision(digits);
}
