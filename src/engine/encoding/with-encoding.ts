import type { Scenario, StreamSpec } from '../scenario';
import type { EncodingKind, EncodingSpec } from './encoding';

/**
 * XBZRLE first: it must see every page that is sent, or its cache would hold other versions than the destination. Then
 * what makes a page smallest.
 */
const ORDER: Readonly<Record<EncodingKind, number>> = { xbzrle: 0, duplicate: 1, compressed: 2 };

/** The setting with one encoding more, or with another one of its kind, in the order in which they work together. */
export function withEncoding(scenario: Scenario, spec: EncodingSpec): Scenario {
  const others = (scenario.stream?.encodings ?? []).filter(({ kind }) => kind !== spec.kind);
  const encodings = [...others, spec].sort((a, b) => ORDER[a.kind] - ORDER[b.kind]);
  return withStream(scenario, { encodings });
}

/** The setting with some properties of its stream changed. */
export function withStream(scenario: Scenario, changes: Partial<StreamSpec>): Scenario {
  return { ...scenario, stream: { encodings: [], ...scenario.stream, ...changes } };
}
