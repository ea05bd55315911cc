/** Is what a strategy handed over a number, and large enough? */
export function isAtLeast(least: number, value: unknown): value is number {
  return typeof value === 'number' && value >= least;
}

/**
 * What a strategy passed, in a few characters: numbers and the like as one writes them in code, of larger things the kind.
 * Looks into nothing that could be a trap, but for its text.
 */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40));
  try {
    const text = String(value).slice(0, 100);
    if (typeof value === 'bigint') return `${text}n`;
    return text.startsWith('[object ') ? 'an object' : text;
  } catch {
    return 'an object';
  }
}

/** What somebody yielded, in a few words, whatever it is: it may be of the kind that throws when one looks at it. */
export function nameOf(value: unknown): string {
  try {
    return String(typeof value === 'object' ? JSON.stringify(value) : value).slice(0, 60);
  } catch {
    return 'an object';
  }
}
