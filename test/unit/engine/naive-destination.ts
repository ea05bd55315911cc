import type { Scenario } from '../../../src/engine';
import { vcpusOf } from '../../../src/engine/guest/vcpus';

export interface NaivePush {
  /** The pages that were asked for, in that order. */
  faults: number[];
  stallSeconds: number;
  /** When each push was over. */
  ends: number[];
}

/** A vCPU waited for a page. */
export interface NaiveWait {
  vcpu: number;
  from: number;
  to: number;
  /** Was the page asked for because of this touch? */
  asked: boolean;
}

/**
 * A second, independent engine for the time after the hand-over, as slow and plain as can be: it follows every touch
 * and sends page after page. The hand-over is at time 0; each push sends what is still missing of its pages,
 * lowest first. It exists only to be compared with the real one. Whoever wants to know of every wait gives a list.
 */
export function naiveDestination(scenario: Scenario, pushes: readonly (readonly number[])[], waits: NaiveWait[] = []): NaivePush {
  const { link } = scenario;
  const pageSeconds = 4104 / link.bytesPerSecond;
  const arrivalOf = new Map<number, number>();
  const requests: { page: number; at: number }[] = [];
  const faults: number[] = [];
  const ends: number[] = [];
  const vcpus = vcpusOf(scenario, 0, 0, Infinity).map(({ touches }) => ({ time: link.latency, work: 0, touches, waitsFor: -1, asked: false }));
  let stallSeconds = 0;
  let now = 0;

  const nextOf = ({ time, work, touches, waitsFor }: (typeof vcpus)[number]): number =>
    waitsFor >= 0 ? (arrivalOf.get(waitsFor) ?? Infinity) : time + (Math.min(...touches.map((stream) => stream.dueAt())) - work);

  /** The guest works up to `time`, included. */
  function work(time: number): void {
    for (;;) {
      const times = vcpus.map(nextOf);
      const next = Math.min(...times);
      if (!(next <= time)) return;
      const vcpu = vcpus[times.indexOf(next)]!;
      if (vcpu.waitsFor >= 0) {
        stallSeconds += next - vcpu.time;
        waits.push({ vcpu: vcpus.indexOf(vcpu), from: vcpu.time, to: next, asked: vcpu.asked });
        vcpu.time = next;
        vcpu.waitsFor = -1;
        continue;
      }
      vcpu.work += next - vcpu.time;
      vcpu.time = next;
      const page = vcpu.touches.find((stream) => stream.dueAt() === vcpu.work)!.take();
      if ((arrivalOf.get(page) ?? Infinity) <= next) continue;
      vcpu.waitsFor = page;
      vcpu.asked = !arrivalOf.has(page) && !faults.includes(page);
      if (!vcpu.asked) continue;
      faults.push(page);
      requests.push({ page, at: next + link.latency });
    }
  }

  function send(page: number): void {
    if (arrivalOf.has(page)) return;
    now += pageSeconds;
    arrivalOf.set(page, now + link.latency);
  }

  for (const push of pushes) {
    const left = () => push.filter((page) => !arrivalOf.has(page)).sort((a, b) => a - b);
    while (left().length > 0) {
      for (work(now); requests.length > 0 && requests[0]!.at <= now; work(now)) send(requests.shift()!.page);
      if (left().length > 0) send(left()[0]!);
    }
    work(now);
    ends.push(now);
  }
  // Nothing keeps a vCPU waiting once the last page has arrived.
  work(now + link.latency);
  return { faults, stallSeconds, ends };
}
