/** Long sentences that are said once as long as VS Code runs; afterwards a short one will do. */
export class SaidOnce {
  private readonly said = new Set<string>();

  say(sentence: string, briefly: string): string {
    if (this.said.has(sentence)) return briefly;
    this.said.add(sentence);
    return sentence;
  }
}
