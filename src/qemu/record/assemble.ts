import type { PageContents, Trace } from '../../engine/trace/trace';
import { internClasses, type ClassOf } from './intern';
import type { RawContents, RawRecording } from './raw-recording';
import { workloadOf } from './workloads';

/** What a trace says about its guest's pace. */
const TIME_SCALE =
  'The guest has one virtual CPU of 1000 million instructions a second, several times slower than a core of a server ' +
  '(how many times was not measured): take its rates as those of a slow machine.';

/** The traces of guests that were recorded together: contents can be compared across them. In the same order. */
export function assembleTraces(recordings: readonly RawRecording[]): Trace[] {
  const classOf = internClasses(recordings);
  const guests = recordings.map(({ workload }) => workload);
  const together = guests.length > 1 ? `Content classes hold across the traces of ${guests.join(', ')}.` : '';
  return recordings.map((recording) => assemble(recording, classOf, together));
}

function assemble(recording: RawRecording, classOf: ClassOf, together: string): Trace {
  const { workload, pageCount, intervalSeconds, start, samples, versions } = recording;
  return {
    pageCount,
    intervalSeconds,
    about: {
      name: workloadOf(workload)?.trace ?? workload,
      workload: workloadOf(workload)?.description ?? workload,
      recording: `${recording.recording} ${together}`.trim(),
      versions,
      timeScale: TIME_SCALE,
      basis: {
        // Comparing images misses what was stored but stayed the same.
        writes: 'estimated',
        contents: 'measured',
        // Our own search for matches, which is LZ4's, stands for LZ4 itself.
        compressedSizes: 'estimated',
        deltaSizes: 'measured',
      },
    },
    start: contentsOf(start, classOf),
    intervals: samples.map((sample) => ({
      ...contentsOf(sample, classOf),
      pages: sample.pages,
      deltaClasses: sample.deltaClasses,
      silent: sample.deltaClasses.map((deltaClass) => (deltaClass === 0 ? 1 : 0)),
    })),
  };
}

function contentsOf({ hashes, compressedUnits }: RawContents, classOf: ClassOf): PageContents {
  return { classes: Uint32Array.from(hashes, classOf), compressedUnits };
}
