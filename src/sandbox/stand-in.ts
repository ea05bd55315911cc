import { shown } from '../engine/migration/argument';

/**
 * A value of ours that says the same as one that must not cross: the engine refuses it in its own words.
 * `description` is `kind` or `kind:text`, with `kind` as the guest's code gives it.
 */
export function standInFor(description: string): unknown {
  const colon = description.indexOf(':');
  const text = description.slice(colon + 1);
  switch (colon < 0 ? description : description.slice(0, colon)) {
    case 'null':
      return null;
    case 'array':
      return [];
    case 'object':
      // A page set is named; of anything else the kind is enough.
      return colon < 0 ? {} : text;
    case 'json':
      return fromJson(text);
    case 'symbol':
      return colon < 0 ? Symbol() : text;
    case 'string':
    case 'function':
      return colon < 0 ? () => undefined : text;
    case 'number':
      return Number(text);
    case 'boolean':
      return text === 'true';
    case 'bigint':
      return BigInt.asIntN(64, BigInt(/^-?\d{1,60}/.exec(text)?.[0] ?? 0));
    default:
      return undefined;
  }
}

/**
 * The same for an argument that has to be a number. What is none says what it stands for and is neither more nor less
 * than any number, so the engine refuses it. The value itself might be taken for the number that JavaScript makes of
 * it, and then `'5'` seconds after 1 s it is `'15'`.
 */
export function numberFor(description: string): number | undefined {
  const value = standInFor(description);
  if (typeof value === 'number') return value;
  if (value === undefined || typeof value === 'symbol') return value as undefined;
  return { toString: () => shown(value), valueOf: () => NaN } as unknown as number;
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
