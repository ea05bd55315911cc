import leven from 'leven';

/** The candidate that a typing error may have meant; undefined if all are too different. */
export function nearest(text: string, candidates: readonly string[]): string | undefined {
  if (text.length > 40) return undefined;
  const limit = Math.max(2, Math.floor(text.length / 3));
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: leven(text.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  return ranked[0] && ranked[0].distance <= limit ? ranked[0].candidate : undefined;
}

/** ` Did you mean …?`, or nothing. */
export function didYouMean(text: string, candidates: readonly string[]): string {
  const candidate = nearest(text, candidates);
  return candidate === undefined ? '' : ` Did you mean \`${candidate}\`?`;
}
