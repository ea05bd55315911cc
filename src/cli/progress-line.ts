/** Where progress is shown, e.g. `process.stderr`. */
export interface Terminal {
  isTTY?: boolean;
  write(text: string): unknown;
}

/** One line that says how far a sweep is, written over and over. Only people read it: in a file it would be noise. */
export class ProgressLine {
  #isOpen = false;

  constructor(private readonly terminal: Terminal) {}

  show(done: number, total: number): void {
    if (!this.terminal.isTTY || total <= 1) return;
    this.terminal.write(`\r${done} of ${total} runs`);
    this.#isOpen = true;
  }

  /** Ends the line, if there is one, so that what follows starts a new one. */
  end(): void {
    if (this.#isOpen) this.terminal.write('\n');
    this.#isOpen = false;
  }
}
