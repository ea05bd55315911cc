import { existsSync, readdirSync, statSync } from 'node:fs';
import { figure, type Row } from './row';

/** Sizes of what is shipped, as built last (`npm run build -- --production`, `npm run package`). */
export function* sizeRows(): Generator<Row> {
  for (const folder of ['dist', '.']) {
    if (!existsSync(folder)) continue;
    for (const file of readdirSync(folder).filter((name) => /\.(js|wasm|vsix)$/.test(name)).sort()) {
      yield figure(`size of ${file}`, statSync(`${folder}/${file}`).size / 1024, 'KiB');
    }
  }
}
