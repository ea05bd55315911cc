/** Why something could not be done. */
export interface Failure {
  /** One sentence for people. */
  message: string;
  /** Whose fault it is: what was handed in, or ours. */
  blame: 'input' | 'infra';
}
