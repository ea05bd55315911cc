import type { StrategyErrorKind } from '../strategy-runner';
import type { Rule } from './rules';

/** What feedback says about a file that could not be run at all. Every kind of error has its entry. */
export const ERRORS: Readonly<Record<StrategyErrorKind, Rule>> = {
  syntax: {
    outcome: 'error',
    expected: 'The file is TypeScript that runs once its types are left out.',
    why: 'Nothing can be run before that.',
    next: 'Look at the line: the editor underlines it as well.',
  },
  import: {
    outcome: 'error',
    expected: 'A strategy imports types only.',
    why:
      'It runs closed off from everything but the migration, so that the same file gives the same result ' +
      'everywhere.',
    next: "Write `import type { Migration } from 'live-migration-lab';` and nothing else.",
  },
  'no-export': {
    outcome: 'error',
    expected: 'The file exports its strategy: `export default function* name(m: Migration) { … }`.',
    why: 'The engine runs what the file exports by default, and found nothing.',
    next: 'Put `export default` in front of your generator function.',
  },
  'not-a-generator': {
    outcome: 'error',
    expected: 'The default export is a generator function: `export default function* name(m: Migration) { … }`.',
    why: 'A plain function cannot yield, so no virtual time could pass in it and the guest would never run.',
    next: 'Write `function*` with the star, and `yield` in front of each step.',
  },
  'threw-on-load': {
    outcome: 'error',
    expected: 'The file can be loaded without an exception.',
    why: 'The strategy itself was never reached.',
    next: 'Move what runs outside of the function into it, or remove it.',
  },
  'endless-on-load': {
    outcome: 'limit',
    expected: 'The file can be loaded in a moment.',
    why: 'The strategy itself was never reached.',
    next: 'Look for a loop outside of the function.',
  },
  'out-of-memory': {
    outcome: 'limit',
    expected: 'The strategy gets along with the memory it is given.',
    why: 'A migration thread must stay small beside the guest that it moves.',
    next: 'Work with page sets (`union`, `minus`, `nearest`) instead of long arrays of pages.',
  },
  infra: {
    outcome: 'infra',
    expected: 'The check runs.',
    why: "This is the lab's own fault, not yours; nothing is scored.",
    next: 'Check again. If it happens again, report it with the text above.',
  },
};
