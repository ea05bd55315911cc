import type { ClientSpec } from '../scenario';

/** How the migration looks from another machine on the network. */
export interface ClientReport {
  /** From the guest's pause until frames find it again: longer than the downtime by what the network takes to learn. */
  outageSeconds: number;
  /** Since when frames for the guest reach it at the destination. */
  reachableAtSeconds: number;
  probesSent: number;
  probesLost: number;
  /** How long a TCP connection that was sending when the guest was paused stands still. */
  tcpStallSeconds: number;
  /** Does the connection outlast it? */
  tcpSurvives: boolean;
}

/** Linux's least retransmission timeout, doubled after each try (RFC 6298; TCP_RTO_MIN): seconds. */
const FIRST_RETRANSMISSION = 0.2;

/**
 * The client's view of an outage. It probes at 0, `probeSeconds`, 2 × `probeSeconds` … up to `totalSeconds`; a probe is
 * lost if it is sent while frames do not reach a running guest.
 */
export function clientView(
  { probeSeconds, patienceSeconds }: ClientSpec,
  pausedAt: number,
  reachableAt: number,
  totalSeconds: number,
): ClientReport {
  const outageSeconds = reachableAt - pausedAt;
  const until = Math.max(totalSeconds, reachableAt);
  const before = (time: number) => Math.ceil(time / probeSeconds); // probes sent before `time`
  const tcpStallSeconds = retransmittedAfter(outageSeconds);
  return {
    outageSeconds,
    reachableAtSeconds: reachableAt,
    probesSent: Math.floor(until / probeSeconds) + 1,
    probesLost: before(reachableAt) - before(pausedAt),
    tcpStallSeconds,
    tcpSurvives: tcpStallSeconds <= patienceSeconds,
  };
}

/** When, after the loss, the first retransmission is made that finds the guest again. */
function retransmittedAfter(outageSeconds: number): number {
  if (outageSeconds <= 0) return 0;
  let at = FIRST_RETRANSMISSION;
  for (let timeout = FIRST_RETRANSMISSION; at < outageSeconds; ) {
    timeout *= 2;
    at += timeout;
  }
  return at;
}
