import type { LabPage } from './lab-page';

/** Runs a named part of a journey; each counts as one test. What follows a failed one is not run. */
export type Step = (title: string, run: () => Promise<void>) => Promise<void>;

/** What a person does in one sitting, in a fresh VS Code with a fresh copy of the course. */
export interface Journey {
  title: string;
  /** Of the extension hosts, only these; both if left out. */
  hosts?: ('web' | 'node')[];
  run(lab: LabPage, step: Step): Promise<void>;
}
