import type { ClientSpec } from '../scenario';
import type { Outage } from './outages';

/**
 * How the migration looks from another machine on the network. An outage is a time in which the guest answers nobody:
 * from its pause until it runs at the destination and frames find it there, or goes on at the source since the migration
 * failed; and after the hand-over, while no vCPU gets on, as all of them wait for pages.
 *
 * A guest that is lost, or that the strategy left paused, never answers again: then `outageSeconds` and `tcpStallSeconds`
 * are absent, as JSON has no number for it. A comparison with them is false in JavaScript, and never true by mistake.
 */
export interface ClientReport {
  /** The longest outage; absent if it has no end. */
  outageSeconds?: number;
  /** What the longest outage was, for the larger part; absent if there was none. */
  outageBecause?: OutageCause;
  /** Does the guest answer again after every outage? */
  answersAgain: boolean;
  /** Since when frames for the guest reach it at the destination; absent if they never did. */
  reachableAtSeconds?: number;
  probesSent: number;
  /** Those that never reached the guest, or were not answered by the time the next one was sent. */
  probesLost: number;
  /** How long a TCP connection that is always sending stands still in the worst case; absent if for ever. */
  tcpStallSeconds?: number;
  /** Does the connection outlast it? */
  tcpSurvives: boolean;
}

/**
 * `paused`: the guest was paused, or the network did not know yet where it was. `missing-pages`: it ran at the destination,
 * and all its vCPUs waited for pages. `lost`: it was lost, or nobody ever resumed it.
 */
export type OutageCause = 'paused' | 'missing-pages' | 'lost';

/** Linux's least retransmission timeout, doubled after each try (RFC 6298; TCP_RTO_MIN): seconds. */
const FIRST_RETRANSMISSION = 0.2;

/**
 * The client's view of these outages, in the order of their times, none of which overlap. It probes at 0, `probeSeconds`,
 * 2 × `probeSeconds` … up to `totalSeconds`, or to the end of the last outage.
 */
export function clientView(
  { probeSeconds, patienceSeconds }: ClientSpec,
  outages: readonly Outage[],
  totalSeconds: number,
  reachableAtSeconds?: number,
): ClientReport {
  const until = outages.reduce((latest, { to }) => (to < Infinity ? Math.max(latest, to) : latest), totalSeconds);
  const probesSent = Math.floor(until / probeSeconds) + 1;
  const before = (time: number) => Math.min(probesSent, Math.max(0, Math.ceil(time / probeSeconds))); // probes sent before `time`
  const lostIn = ({ from, to, lostBefore }: Outage) => Math.max(0, before(Math.max(lostBefore, to - probeSeconds)) - before(from));
  const longest = outages.reduce<Outage | undefined>((most, one) => (lengthOf(one) > (most ? lengthOf(most) : 0) ? one : most), undefined);
  const outageSeconds = longest ? lengthOf(longest) : 0;
  const tcpStallSeconds = Math.max(0, ...outages.map(tcpStall));
  const answersAgain = outageSeconds < Infinity;
  return {
    ...(answersAgain && { outageSeconds }),
    ...(longest && { outageBecause: longest.because }),
    answersAgain,
    ...(reachableAtSeconds !== undefined && { reachableAtSeconds }),
    probesSent,
    probesLost: outages.reduce((sum, outage) => sum + lostIn(outage), 0),
    ...(answersAgain && { tcpStallSeconds }),
    tcpSurvives: tcpStallSeconds <= patienceSeconds,
  };
}

function lengthOf({ from, to }: Outage): number {
  return to - from;
}

/** What is sent while frames are lost must be sent again; what is sent later only waits. */
function tcpStall(outage: Outage): number {
  return Math.max(retransmittedAfter(outage.lostBefore - outage.from), lengthOf(outage));
}

/** When, after the loss, the first retransmission is made that finds the guest again. */
function retransmittedAfter(lostSeconds: number): number {
  if (lostSeconds <= 0) return 0;
  let at = FIRST_RETRANSMISSION;
  for (let timeout = FIRST_RETRANSMISSION; at < lostSeconds; ) {
    timeout *= 2;
    at += timeout;
  }
  return at;
}
