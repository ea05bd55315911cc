import type { TechniqueName } from '..';
import type { Strategy } from '../../api';
import type { Scenario, StreamSpec } from '../../scenario';
import { MECHANISMS, type Mechanism } from '../../tracking/tracking';

/** What a hypervisor does differently from the textbook. */
export interface Preset {
  readonly name: string;
  /** One sentence, with its source. */
  readonly summary: string;
  /** The setting with this hypervisor's wire format, tracking, CPU costs and defaults, where it did not say otherwise. */
  prepare(scenario: Scenario): Scenario;
  /** The hypervisor's own way of doing a technique; undefined: it has none. */
  readonly strategies: Partial<Record<TechniqueName, Strategy>>;
}

/** The setting with this tracking and this stream, where it did not say otherwise. */
export function withCosts(scenario: Scenario, mechanism: Mechanism, stream: Partial<StreamSpec>): Scenario {
  return {
    ...scenario,
    tracking: scenario.tracking ?? MECHANISMS[mechanism],
    stream: { encodings: [], ...stream, ...scenario.stream },
  };
}
