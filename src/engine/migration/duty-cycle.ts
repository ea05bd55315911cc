/** How a guest is throttled that runs for a while, then sleeps for a while, by turns: as QEMU's auto-converge does it. */
export class DutyCycle {
  running = true;
  /** When the current turn ends. */
  until: number;

  constructor(
    start: number,
    private readonly runSeconds: number,
    private readonly sleepSeconds: number,
    /** Do vCPUs that only read run on meanwhile? */
    private readonly writersOnly: boolean,
  ) {
    this.until = start + runSeconds;
  }

  /** The share of the time for which it sleeps is `fraction`, below 1. */
  static of(fraction: number, start: number, runSeconds: number, writersOnly: boolean): DutyCycle {
    return new DutyCycle(start, runSeconds, (runSeconds * fraction) / (1 - fraction), writersOnly);
  }

  /** Ends the current turn. */
  turn(): void {
    this.running = !this.running;
    this.until += this.running ? this.runSeconds : this.sleepSeconds;
  }

  /** The share of the time for which it runs. */
  get share(): number {
    return this.runSeconds / (this.runSeconds + this.sleepSeconds);
  }

  /** The speeds of the vCPUs that write, and of the others. */
  get speeds(): [number, number] {
    return [this.running ? 1 : 0, this.running || this.writersOnly ? 1 : 0];
  }
}
