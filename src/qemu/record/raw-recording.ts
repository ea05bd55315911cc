import { deserialize, serialize } from 'node:v8';
import { readFile, rename, writeFile } from 'node:fs/promises';

/** What a recording keeps before it is known which contents are shared: hashes in place of classes. */
export interface RawRecording {
  readonly workload: string;
  readonly pageCount: number;
  readonly intervalSeconds: number;
  /** How it was made, in words. */
  readonly recording: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly start: RawContents;
  readonly samples: readonly RawSample[];
}

/** Contents of pages, one element a page; hashes as `hashOf` makes them. */
export interface RawContents {
  readonly hashes: Float64Array;
  readonly compressedUnits: Uint8Array;
}

/** The pages whose content an interval changed, ascending, and their content at its end. */
export interface RawSample extends RawContents {
  readonly pages: Int32Array;
  readonly deltaClasses: Uint8Array;
}

/** A recording is kept in one step: a file of this name is a whole one. */
export async function keepRecording(file: string, recording: RawRecording): Promise<void> {
  await writeFile(`${file}.part`, serialize(recording));
  await rename(`${file}.part`, file);
}

/** The recording in this file, or undefined if there is none. */
export async function keptRecording(file: string): Promise<RawRecording | undefined> {
  const bytes = await readFile(file).catch(() => undefined);
  return bytes && (deserialize(bytes) as RawRecording);
}
