import type { SourceLocation } from '../engine';
import type { StrategyErrorKind } from '../lab/strategy-runner';

/** The guest cannot go on: its file gave no strategy, or the strategy used up what it may use. */
export class GuestStopped extends Error {
  override readonly name = 'GuestStopped';

  constructor(
    readonly kind: StrategyErrorKind | 'endless',
    /** One sentence for people. */
    message: string,
    readonly where: Partial<SourceLocation> = {},
  ) {
    super(message);
  }
}

/** What to say about a file whose default export is no generator function. */
export function notAStrategy(kind: string, where: Partial<SourceLocation> | undefined): GuestStopped {
  if (kind === 'nothing') {
    return new GuestStopped('no-export', 'The file has no default export; it needs `export default function* name(m: Migration) { … }`.');
  }
  const what: Record<string, string> = {
    plain: 'a function without the star; it needs `function*`, because a strategy yields its steps',
    async: 'an async function; a strategy is a generator function, which yields instead of awaiting: `function*`',
    'async generator': 'an async generator function; a strategy awaits nothing: `function*` without `async`',
    null: 'null; it needs to be a generator function',
    object: 'an object; it needs to be a generator function',
    undefined: 'undefined; it needs to be a generator function',
  };
  return new GuestStopped('not-a-generator', `The default export is ${what[kind] ?? `a ${kind}; it needs to be a generator function`}.`, where);
}
