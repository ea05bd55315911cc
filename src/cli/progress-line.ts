import { visible } from './printed';

/** Where progress is shown, e.g. `process.stderr`. */
export interface Terminal {
  isTTY?: boolean;
  write(text: string): unknown;
}

/** To the end of the line (ECMA-48: EL). */
const ERASE = '\u001b[K';

/** One line that says how far a sweep is, written over and over. Only people read it: in a file it would be noise. */
export class ProgressLine {
  #isOpen = false;

  constructor(private readonly terminal: Terminal) {}

  show(done: number, total: number): void {
    if (!this.terminal.isTTY || total <= 1) return;
    this.terminal.write(`\r${done} of ${total} runs`);
    this.#isOpen = true;
  }

  /** Says something else instead, such as what is being done. */
  tell(text: string): void {
    if (!this.terminal.isTTY) return;
    this.terminal.write(`\r${visible(text).slice(0, 79)}${ERASE}`);
    this.#isOpen = true;
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#isOpen) this.terminal.write(`\r${ERASE}`);
    this.#isOpen = false;
  }

  /** Ends the line, if there is one, so that what follows starts a new one. */
  end(): void {
    if (this.#isOpen) this.terminal.write('\n');
    this.#isOpen = false;
  }
}
