import { withEncoding } from '../encoding/with-encoding';
import type { Optimization } from './optimization';

export const dedup: Optimization = {
  name: 'dedup',
  summary:
    'Sends each content once, and after that its number; the pages were hashed in advance, so that migrating costs no CPU time for it (but running guests did, under 6 %).',
  helps: 'both',
  // Off-line hashing: Deshpande, Wang and Gopalan, Live Gang Migration, HPDC 2011.
  prepare: (scenario) => withEncoding(scenario, { kind: 'duplicate', hashSeconds: 0 }),
  excludes: { 'dedup-online': 'Pages are hashed either in advance or during the migration.' },
};
