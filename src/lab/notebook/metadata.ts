import { plain, type Json, type JsonObject } from './json';

/** What the lab writes into a cell's metadata, under the key `vmlab`. */
export interface CellFacts {
  /** The question's folder, e.g. `05-five-techniques`. */
  question?: string;
  /** The activity of the question that this cell answers or runs. */
  activity?: string;
  /** The task whose strategy this cell checks. */
  task?: string;
  /** A prediction that has been compared with the experiment: from then on the text that counts. */
  locked?: string;
}

/** What the lab writes into a notebook's metadata, under the key `vmlab`. */
export interface NotebookFacts {
  /** The question's folder, e.g. `05-five-techniques`. */
  question?: string;
  /** Seeds the variants and the checks. */
  seed?: number;
}

/** The facts in the members of a cell or of a notebook (`Cell.nb`, `Notebook.nb`). */
export function factsOf(nb: Json | undefined): CellFacts & NotebookFacts {
  const members = plain(nb ?? null) as { metadata?: { vmlab?: Record<string, unknown> } } | null;
  const { activity, task, locked, question, seed } = members?.metadata?.vmlab ?? {};
  return {
    ...(typeof activity === 'string' && { activity }),
    ...(typeof task === 'string' && { task }),
    ...(typeof locked === 'string' && { locked }),
    ...(typeof question === 'string' && { question }),
    ...(typeof seed === 'number' && { seed }),
  };
}

/** A cell's members with these facts added. */
export function withFacts(nb: Json | undefined, facts: CellFacts): JsonObject {
  const members = nb === undefined ? { metadata: {} } : open(nb);
  const metadata = open(members.metadata ?? {});
  return { ...members, metadata: { ...metadata, vmlab: { ...open(metadata.vmlab ?? {}), ...facts } } };
}

/** An object's members, so that some can be replaced. */
function open(json: Json): JsonObject {
  const value = typeof json === 'object' && json !== null && '$raw' in json ? plain(json) : json;
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
