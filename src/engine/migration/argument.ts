/** Is what a strategy handed over a number, and large enough? */
export function isAtLeast(least: number, value: unknown): value is number {
  return typeof value === 'number' && value >= least;
}

/** An argument that should have been a number, in a few characters. */
export function shown(value: unknown): string {
  try {
    return String(value).slice(0, 40);
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
