import { accessSync, constants } from 'node:fs';
import { join, delimiter } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const macs = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * A Chromium on this computer: CHROME_PATH, or the first one in PATH or at a usual place.
 * @returns {string | undefined}
 */
export function findChromium() {
  const candidates = [
    process.env.CHROME_PATH,
    ...(process.env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name))),
    ...macs,
  ];
  return candidates.find((path) => path !== undefined && path !== '' && isExecutable(path));
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
