import type { Strategy } from '../api';
import demandPaging from './demand-paging';
import hybrid from './hybrid';
import postCopy from './post-copy';
import preCopy from './pre-copy';
import stopAndCopy from './stop-and-copy';

/** The five techniques by the names that experiments use. */
export const techniques = {
  'stop-and-copy': stopAndCopy,
  'demand-paging': demandPaging,
  'post-copy': postCopy,
  'pre-copy': preCopy,
  hybrid,
} as const satisfies Record<string, Strategy>;

export type TechniqueName = keyof typeof techniques;

export { occasions, type Occasion } from './occasions';
