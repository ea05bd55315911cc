import type { Memento } from 'vscode';
import type { StrategyTask } from '../../lab/question';
import type { Verdict } from '../../lab/verdict';

/** What is remembered of a task in this workspace. */
interface Memory {
  /** How many different texts were checked and did not pass. */
  tries: number;
  /** The last text that counted as a try, so that checking the same text twice is one. */
  last?: string;
  /** How many hints were shown. */
  hints: number;
}

export type HintOffer =
  | { kind: 'hint'; text: string; number: number; of: number }
  /** The next hint opens with the next honest attempt. */
  | { kind: 'try-first'; shown: number; of: number }
  | { kind: 'all-shown'; texts: readonly string[] }
  | { kind: 'none' };

/** Counts honest attempts, because hints open one by one, each after one. */
export class Attempts {
  constructor(private readonly storage: Memento) {}

  async record(verdict: Verdict, text: string): Promise<void> {
    if (verdict.outcome === 'pass' || verdict.outcome === 'infra') return;
    const key = keyOf(verdict.question, verdict.task);
    const memory = this.read(key);
    // White space alone is no attempt.
    const essence = text.replace(/\s+/g, ' ').slice(0, 20_000);
    if (memory.last === essence) return;
    await this.storage.update(key, { ...memory, tries: memory.tries + 1, last: essence });
  }

  /** The next hint of a task, if an attempt has been made since the one before. */
  async nextHint(question: string, task: StrategyTask): Promise<HintOffer> {
    const key = keyOf(question, task.id);
    const memory = this.read(key);
    const of = task.hints.length;
    if (of === 0) return { kind: 'none' };
    if (memory.hints >= of) return { kind: 'all-shown', texts: task.hints };
    if (memory.tries <= memory.hints) return { kind: 'try-first', shown: memory.hints, of };
    await this.storage.update(key, { ...memory, hints: memory.hints + 1 });
    return { kind: 'hint', text: task.hints[memory.hints]!, number: memory.hints + 1, of };
  }

  private read(key: string): Memory {
    return { tries: 0, hints: 0, ...this.storage.get<Partial<Memory>>(key) };
  }
}

function keyOf(question: string, task: string): string {
  return `attempts/${question}/${task}`;
}
