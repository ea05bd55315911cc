import type { Run } from '../migration/run';
import { clientView, type ClientReport } from './client-view';
import { outagesOf } from './outages';

/** What of a run a client can tell. */
type Migrated = Pick<Run, 'scenario' | 'pausedAt' | 'resumedAt' | 'announcedAt' | 'abortReason' | 'broken' | 'service' | 'wire'>;

/** What somebody on the network saw of the run, which is over after `totalSeconds`; undefined if nobody looked. */
export function clientOf(run: Migrated, totalSeconds: number): ClientReport | undefined {
  const { scenario, pausedAt, abortReason, broken, service } = run;
  const { client } = scenario;
  if (!client) return undefined;
  const back = abortReason !== undefined || broken?.outcome === 'failed';
  const lost = broken?.outcome === 'lost';
  const reachableAt = reachable(run);
  const outages = outagesOf({
    pausedAt,
    reachableAt,
    ...(back && { backAt: totalSeconds }),
    ...(lost && { lostAt: totalSeconds }),
    // Whether it is lost or only ends its run standing still: nobody has followed it any further.
    standstills: service?.guest.standstills.map((time) => (time === Infinity ? totalSeconds : time)),
  });
  const found = reachableAt !== undefined && (!lost || reachableAt <= totalSeconds) ? reachableAt : undefined;
  return clientView(client, outages, totalSeconds, found);
}

/** The network knows where the guest is once somebody has said so, or else once the guest has sent a frame. */
function reachable({ scenario, resumedAt, announcedAt, wire }: Migrated): number | undefined {
  if (resumedAt === undefined) return undefined;
  const { announced = true, firstFrameSeconds = 1 } = scenario.client!;
  const known = Math.min(announced ? (announcedAt ?? resumedAt) : Infinity, resumedAt + firstFrameSeconds);
  return known + wire.latency;
}
