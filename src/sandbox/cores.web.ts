/** How many workers can work at the same time. */
export function cores(): number {
  return navigator.hardwareConcurrency;
}
