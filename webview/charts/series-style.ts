/** How a series looks besides its colour. */
export interface SeriesStyle {
  /** Index into the theme's colours. */
  color: number;
  /** Lengths of dashes and gaps, as a canvas takes them; empty for a solid line. */
  dash: number[];
  point: 'circle' | 'triangle' | 'rect' | 'rectRot' | 'star' | 'crossRot';
}

/** Each textbook technique looks the same in every chart of the course. */
const KNOWN = ['pre-copy', 'post-copy', 'stop-and-copy', 'hybrid', 'demand-paging'];

const DASHES: number[][] = [[], [6, 3], [2, 2], [8, 3, 2, 3], [12, 4], [4, 2]];
const POINTS: SeriesStyle['point'][] = ['circle', 'triangle', 'rect', 'rectRot', 'crossRot', 'star'];

/** A style for each name, in which no two are the same as long as there are at most as many as colours. */
export function seriesStyles(names: readonly string[]): SeriesStyle[] {
  const taken = new Set(names.map((name) => KNOWN.indexOf(name)).filter((i) => i >= 0));
  let next = 0;
  return names.map((name) => {
    let index = KNOWN.indexOf(name);
    if (index < 0) {
      while (taken.has(next) && taken.size < DASHES.length) next++;
      index = next;
      taken.add(next);
      next++;
    }
    const i = index % DASHES.length;
    // The second time round, the points are shifted against the colours.
    const round = Math.floor(index / DASHES.length);
    return { color: i, dash: DASHES[i]!, point: POINTS[(i + round) % POINTS.length]! };
  });
}
