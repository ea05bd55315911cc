import type { ExperimentActivity, Question } from '../../src/lab/question';
import * as keys from './keys';
import * as preCopy from './pre-copy-predictions';
import * as predictions from './predictions';
import * as review from './review';
import * as tasks from './tasks';

/** Question 5. Its text and its experiments are in `lab.md`, in the same order. */
export const fiveTechniques: Question = {
  id: '05-five-techniques',
  number: 5,
  title: 'Five ways to move a running machine',
  summary:
    'Stop-and-copy, pre-copy, demand paging, post-copy and hybrid: predict, run, compare, and write each of them.',
  activities: [
    keys.whichPart,
    keys.stopDowntime,
    predictions.stillRuns,
    experiment('run-stop-and-copy', 'Stop-and-copy'),
    tasks.stopAndCopy,
    keys.whyPauseFirst,
    keys.preCopySteps,
    keys.secondRound,
    preCopy.quietDowntime,
    experiment('quiet-guest', 'A quiet guest'),
    preCopy.priceOfALimit,
    experiment('limits', 'Five downtime limits'),
    preCopy.moreRounds,
    experiment('faster-than-the-link', 'Faster than the link'),
    preCopy.whoWritesMore,
    experiment('sawtooth', 'Six write rates'),
    tasks.preCopy,
    experiment('your-pre-copy', 'Your pre-copy'),
    predictions.whatMoves,
    experiment('run-demand-paging', 'Demand paging'),
    keys.costOfAFault,
    keys.switchOff,
    experiment('far-away', 'Far away'),
    tasks.demandPaging,
    predictions.pushedPages,
    experiment('any-writer', 'Four write rates'),
    keys.whyNoTracking,
    predictions.firstTenth,
    experiment('run-post-copy', 'Post-copy and pre-copy'),
    tasks.postCopy,
    keys.hybridBound,
    experiment('hybrid-reader', 'A guest that mostly reads'),
    predictions.fewestFaults,
    experiment('hybrid-busy', 'A guest that mostly writes'),
    tasks.hybrid,
    predictions.slowestTotal,
    experiment('all-five', 'All five'),
    predictions.idleRace,
    experiment('idle', 'An idle guest'),
    review.survives,
    review.knownBeforehand,
    review.advice,
    review.inYourWords,
  ],
};

function experiment(id: string, title: string): ExperimentActivity {
  return { kind: 'experiment', id, title, milliPoints: 0 };
}
