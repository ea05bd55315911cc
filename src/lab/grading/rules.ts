import type { FindingKind } from '../../engine/report';
import type { Outcome } from '../verdict';

/** What feedback says whatever the run: what was expected, why it matters, what to try. */
export interface Rule {
  readonly expected: string;
  readonly why: string;
  readonly next: string;
  readonly outcome: Outcome;
}

/** Every kind of finding has its entry: a new kind does not compile without one. */
export const RULES: Readonly<Record<FindingKind, Rule>> = {
  'stale-page': {
    expected: 'At the hand-over the destination has the newest content of every page that it holds.',
    why: 'The guest goes on with the old content: data is silently lost, and it shows hours later.',
    next:
      'Follow that page through your code. Between its last write and the hand-over somebody has to read the ' +
      'dirty bitmap, and then send the page or discard the old copy.',
    outcome: 'fail',
  },
  'two-copies-running': {
    expected: 'The guest runs in one place at a time: it is paused at the source before it runs at the destination.',
    why:
      'Two running copies answer the same clients and write to the same disk. Neither can be thrown away ' +
      'afterwards.',
    next: 'Call `m.pause()` before `m.resumeAtDestination()`.',
    outcome: 'fail',
  },
  'state-missing': {
    expected: "The vCPUs' and devices' state is sent while the guest is paused, before it runs at the destination.",
    why:
      'Memory alone does not run: without its registers the guest has no next instruction, with old ones it ' +
      'repeats work on newer memory.',
    next: 'Put `yield m.sendState()` after `m.pause()` and before `m.resumeAtDestination()`.',
    outcome: 'fail',
  },
  'storage-missing': {
    expected: 'A disk that only the source host has is at the destination before the guest runs there.',
    why: 'The guest would find no disk: everything that it has stored is out of its reach.',
    next: 'Put `yield m.mirrorStorage()` before the pages: it copies the disk and keeps both copies equal.',
    outcome: 'fail',
  },
  'page-overwritten': {
    expected: 'Once the guest runs at the destination, only pages that are missing there are sent.',
    why:
      'The source holds the content from before the hand-over. Sent late, it would wipe out what the guest has ' +
      'written since.',
    next: 'Ask `m.missing()` anew before every send, and send nothing outside that set.',
    outcome: 'fail',
  },
  'never-resumed': {
    expected: 'The strategy ends with the guest running at the destination.',
    why:
      'A migration that never hands over has moved nothing; if it left the guest paused, it has stopped it for ' +
      'good.',
    next: 'Make sure that every way through your code reaches `m.resumeAtDestination()`.',
    outcome: 'fail',
  },
  'not-yielded': {
    expected: 'Every step is handed to the engine with `yield`.',
    why: '`m.send(…)` only describes a step. Without `yield` it never happens, and no time passes.',
    next: 'Write `yield` in front of it.',
    outcome: 'fail',
  },
  'bad-yield': {
    expected:
      'The strategy is a generator function that yields steps: what `m.send()`, `m.sendState()` and `m.wait()` return.',
    why: 'The engine cannot perform anything else, so it stops here.',
    next:
      'Begin with `export default function* name(m: Migration)` and yield only steps. Verbs such as `m.pause()` ' +
      'happen at once and are not yielded.',
    outcome: 'error',
  },
  'bad-call': {
    expected: 'Each verb is called when it makes sense, with an argument that it can take.',
    why: 'A real hypervisor would refuse the same call, and the migration would be off.',
    next: 'Hover over the verb in the editor: its description says when it may be called and with what.',
    outcome: 'fail',
  },
  threw: {
    expected: 'The strategy runs to its end without an exception.',
    why: 'What it had not yet done at that point is not done at all: the guest is wherever it was.',
    next: 'Look at the line. If a value may be undefined there, say what shall happen then.',
    outcome: 'error',
  },
  endless: {
    expected: 'The strategy comes to an end.',
    why: 'An operator waits for the migration, and it takes up the link for as long as it goes on.',
    next:
      'Find the loop that cannot end. If it never yields, no time passes in it and nothing can change. If it waits ' +
      'for dirty pages to run out, it may wait for ever: give it a second way out, such as `m.maxRounds`.',
    outcome: 'limit',
  },
};
