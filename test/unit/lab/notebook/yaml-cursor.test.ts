import { expect } from 'chai';
import { yamlCursor } from '../../../../src/lab/notebook/yaml-cursor';

/** `|` marks the cursor. */
const cases: [text: string, path: string, at: 'key' | 'value', word: string][] = [
  ['|', '', 'key', ''],
  ['gu|', '', 'key', 'gu'],
  ['guest: { mem|', 'guest', 'key', 'mem'],
  ['guest: { memory: 1| }', 'guest.memory', 'value', '1'],
  ['guest: { memory: 1 GiB, wor|', 'guest', 'key', 'wor'],
  ['guest: { memory: 1 GiB }\nli|', '', 'key', 'li'],
  ['guest:\n  memory: 1 GiB\n  |', 'guest', 'key', ''],
  ['guest:\n  memory: 1 GiB\n  workload: h|', 'guest.workload', 'value', 'h'],
  ['guest:\n  memory: 1 GiB\nlink: 1|', 'link', 'value', '1'],
  ['guest:\n  memory: 1 GiB\n\n|', '', 'key', ''],
  ['compare: [pre-copy, post|', 'compare', 'value', 'post'],
  ['compare:\n  - pre|', 'compare', 'value', 'pre'],
  ['sweep: { guest.writes: [0 MiB/s, 3|', 'sweep.guest.writes', 'value', '3'],
  ['guest: {\n  memory: 1 GiB,\n  |', 'guest', 'key', ''],
  ['compare:\n- pre|', 'compare', 'value', 'pre'],
  ['compare: [{ us|', 'compare', 'key', 'us'],
  ['compare: [pre-copy, { use: pre-copy, with: [xb|', 'compare.with', 'value', 'xb'],
  ['compare:\n  - use: pre-copy\n    wi|', 'compare', 'key', 'wi'],
  ['compare:\n  - use: pre-copy\n    with: [|', 'compare.with', 'value', ''],
  ['compare:\n  - use: pre-copy\n  - use: hy|', 'compare.use', 'value', 'hy'],
  ['guest:\n  workload:\n    - for: 10 s\n      wri|', 'guest.workload', 'key', 'wri'],
  ['guest:\n  workload:\n    - for: 10 s\n  wri|', 'guest', 'key', 'wri'],
  ['guest: { memory: 1 GiB } # {\nse|', '', 'key', 'se'],
];

describe('cursor in YAML', () => {
  for (const [marked, path, at, word] of cases) {
    it(`finds ${path || 'the top'} as a ${at} in ${JSON.stringify(marked)}`, () => {
      const offset = marked.indexOf('|');
      const text = marked.replace('|', '');
      const cursor = yamlCursor(text, offset);
      expect([cursor.path.join('.'), cursor.at, text.slice(cursor.start, offset)]).to.deep.equal([path, at, word]);
    });
  }
});
