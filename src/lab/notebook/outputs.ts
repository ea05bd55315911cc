import { isRaw, plain, type Json, type JsonObject } from './json';

/** One presentation of an output. Bytes (pictures) are base64, as in the file; everything else is text. */
export type OutputItem = { mime: string; text: string } | { mime: string; base64: string };

export interface Output {
  items: OutputItem[];
  /** The output as it stands in the file; absent for a new one. */
  nb?: Json;
}

/** The MIME types under which VS Code shows streams and errors. */
export const STDOUT = 'application/vnd.code.notebook.stdout';
export const STDERR = 'application/vnd.code.notebook.stderr';
export const ERROR = 'application/vnd.code.notebook.error';

/** What an output of the file shows. An output that is not understood shows nothing, and stays as it is. */
export function readOutput(nb: Json): Output {
  return { items: itemsOf(plain(nb)), nb };
}

/** The output for the file: as it was read if it still shows the same, else built anew. */
export function writeOutput(output: Output): Json {
  if (output.nb !== undefined && sameItems(itemsOf(plain(output.nb)), output.items)) return output.nb;
  const [first] = output.items;
  if (first?.mime === ERROR && 'text' in first) return writeError(first.text);
  if (first?.mime === STDOUT || first?.mime === STDERR) return writeStream(first.mime, output.items);
  const data = Object.fromEntries(output.items.map((item) => [item.mime, writeItem(item)]));
  const count = isExecuteResult(output.nb) ? { execution_count: output.nb.execution_count ?? null } : undefined;
  const kind = count ? 'execute_result' : 'display_data';
  return { data, ...count, metadata: {}, output_type: kind };
}

/** Lines as nbformat keeps them: each with its line break, none for an empty text. */
export function lines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** nbformat's "multiline string": one text, or a list of its lines. Undefined if it is neither. */
export function joined(json: Json | undefined): string | undefined {
  if (typeof json === 'string') return json;
  if (Array.isArray(json) && json.every((line) => typeof line === 'string')) return json.join('');
  return undefined;
}

function itemsOf(nb: Json): OutputItem[] {
  if (typeof nb !== 'object' || nb === null || Array.isArray(nb)) return [];
  switch (nb.output_type) {
    case 'stream':
      return [{ mime: nb.name === 'stderr' ? STDERR : STDOUT, text: joined(nb.text) ?? '' }];
    case 'error': {
      // The traceback is a list of lines without their line breaks.
      const stack = Array.isArray(nb.traceback) ? nb.traceback.join('\n') : '';
      return [{ mime: ERROR, text: JSON.stringify({ name: nb.ename, message: nb.evalue, stack }) }];
    }
    default: {
      const data = nb.data;
      if (typeof data !== 'object' || data === null || Array.isArray(data)) return [];
      return Object.entries(data).map(([mime, value]) => readItem(mime, value));
    }
  }
}

function readItem(mime: string, value: Json): OutputItem {
  if (isJson(mime)) return { mime, text: JSON.stringify(value) };
  const text = joined(value) ?? JSON.stringify(value);
  return isBinary(mime) ? { mime, base64: text.replace(/\s/g, '') } : { mime, text };
}

function writeItem(item: OutputItem): Json {
  if ('base64' in item) return item.base64;
  return isJson(item.mime) ? (JSON.parse(item.text) as Json) : lines(item.text);
}

function writeError(text: string): Json {
  const error = JSON.parse(text) as { name?: string; message?: string; stack?: string };
  return {
    ename: error.name ?? 'Error',
    evalue: error.message ?? '',
    output_type: 'error',
    traceback: (error.stack ?? '').split('\n').filter((line, _, all) => all.length > 1 || line !== ''),
  };
}

function writeStream(mime: string, items: OutputItem[]): Json {
  const text = items.map((item) => ('text' in item ? item.text : '')).join('');
  return { name: mime === STDERR ? 'stderr' : 'stdout', output_type: 'stream', text: lines(text) };
}

function sameItems(a: OutputItem[], b: OutputItem[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function isExecuteResult(nb: Json | undefined): nb is JsonObject {
  if (typeof nb !== 'object' || nb === null || Array.isArray(nb) || isRaw(nb)) return false;
  return nb.output_type === 'execute_result';
}

function isJson(mime: string): boolean {
  return /^application\/(.+\+)?json$/.test(mime);
}

/** Is this presentation bytes, which the file keeps as base64? */
export function isBinary(mime: string): boolean {
  return /^(image|audio|video)\//.test(mime) ? mime !== 'image/svg+xml' : mime === 'application/pdf';
}
