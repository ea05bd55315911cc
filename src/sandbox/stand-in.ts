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
    case 'string':
    case 'function':
    case 'symbol':
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

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
