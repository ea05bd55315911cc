import type { SendOptions, Step } from '../api';
import type { Pages } from '../pages/pages';

/** The engine's own representation of a step: a value that says what shall happen once it is yielded. */
export class EngineStep implements Step {
  constructor(
    readonly kind: Step['kind'],
    /** For `send`. */
    readonly pages?: Pages,
    readonly options?: SendOptions,
    /** For `wait`. */
    readonly seconds = 0,
  ) {}
}
