// Writes docs/experiment.md anew from the table of keys: node --import tsx scripts/experiment-reference.ts
import { writeFileSync } from 'node:fs';
import { experimentReference } from '../src/lab/present/experiment-reference';

writeFileSync('docs/experiment.md', experimentReference());
