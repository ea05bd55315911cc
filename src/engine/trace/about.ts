import type { Basis, TraceAbout } from './trace';
import { TraceError } from './trace-error';

/** The header's text: JSON in ASCII, other characters escaped, so that no decoder is needed. */
export function aboutToBytes({ name, workload, recording, versions, timeScale, basis }: TraceAbout): Uint8Array {
  const { writes, contents, compressedSizes, deltaSizes } = basis;
  const known = { name, workload, recording, versions, timeScale };
  const json = JSON.stringify({ ...known, basis: { writes, contents, compressedSizes, deltaSizes } });
  const escaped = (character: string) => `\\u${code(character).toString(16).padStart(4, '0')}`;
  const ascii = json.replace(/[\u007f-\uffff]/g, escaped);
  return Uint8Array.from(ascii, code);
}

/**
 * Reads what `aboutToBytes` wrote. Keys that it does not know are left out, so that a later version may say more.
 * Throws a TraceError if the text is no JSON in ASCII or lacks something.
 */
export function aboutFromBytes(bytes: Uint8Array): TraceAbout {
  const about = objectOf('its text', parsed(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')));
  const basis = objectOf('"basis"', about['basis']);
  const versions = Object.entries(objectOf('"versions"', about['versions']));
  return {
    name: textOf('"name"', about['name']),
    workload: textOf('"workload"', about['workload']),
    recording: textOf('"recording"', about['recording']),
    versions: Object.fromEntries(versions.map(([name, version]) => [name, textOf('a version', version)])),
    timeScale: textOf('"timeScale"', about['timeScale']),
    basis: {
      writes: basisOf('"basis.writes"', basis['writes']),
      contents: basisOf('"basis.contents"', basis['contents']),
      compressedSizes: basisOf('"basis.compressedSizes"', basis['compressedSizes']),
      deltaSizes: basisOf('"basis.deltaSizes"', basis['deltaSizes']),
    },
  };
}

function code(character: string): number {
  return character.charCodeAt(0);
}

function parsed(json: string): unknown {
  try {
    if (/^[ -~]*$/.test(json)) return JSON.parse(json);
  } catch {
    // Reported below, in our own words.
  }
  throw new TraceError('header', 'its text cannot be parsed', 'JSON in ASCII');
}

function objectOf(what: string, value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unfit(what, 'an object');
  return value as Record<string, unknown>;
}

function textOf(what: string, value: unknown): string {
  if (typeof value !== 'string') throw unfit(what, 'a text');
  return value;
}

function basisOf(what: string, value: unknown): Basis {
  if (value !== 'measured' && value !== 'estimated') throw unfit(what, '"measured" or "estimated"');
  return value;
}

function unfit(what: string, accepted: string): TraceError {
  return new TraceError('header', `${what} is missing or of the wrong kind`, accepted);
}
