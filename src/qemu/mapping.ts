import type { OptimizationName, TechniqueName } from '../engine';
import { nameOfChoice, valuesOf, type Choice } from '../engine/optimizations';
import type { Fault, Scenario } from '../engine/scenario';
import { nameOf, type Run } from '../lab/experiment';
import type { GuestProgram } from './guest/program';
import { guestFor } from './guest-for';
import { QemuError } from './qemu-error';

/** What of a run of an experiment is made by real QEMU. */
export type RealRun = Pick<Run, 'scenario' | 'technique' | 'preset'>;

/** How a run of an experiment is made with two QEMUs. */
export interface Plan {
  /** As in `Report.technique`. */
  readonly name: string;
  readonly technique: TechniqueName;
  readonly scenario: Scenario;
  readonly program: GuestProgram;
  /** Set to true on both sides. */
  readonly capabilities: readonly string[];
  /** Set on both sides. */
  readonly parameters: Readonly<Record<string, number | string | boolean>>;
  /** Stop the guest, then migrate it. */
  readonly stopsFirst: boolean;
  /** Give `migrate-start-postcopy` when the bitmap has been read so often; undefined: never. */
  readonly postcopyAfterSyncs?: number;
  /** Stop the guest when the bitmap has been read so often, so that the migration comes to an end; undefined: never. */
  readonly stopAfterSyncs?: number;
  /** The link that we make; undefined: the computer's own is the link. */
  readonly link?: { readonly bytesPerSecond: number; readonly latencySeconds: number };
  readonly faults: readonly Fault[];
  readonly recovers: boolean;
  /** What is different from what the experiment says, in sentences. */
  readonly remarks: readonly string[];
}

/** From here on our relay would be slower than the link: bytes per second. */
const FASTEST_RELAY = 1e9;
/** As good as no limit: `max-bandwidth` in bytes per second. (0 would be none, too, but not in every version.) */
const UNLIMITED = 1e15;
/** MIGRATION_PASS 1 is the set-up's reading of the bitmap; with the second, the first pass is over. */
const FIRST_PASS_OVER = 2;
/**
 * QEMU has no demand paging: it pushes. A tight `max-postcopy-bandwidth` leaves most of the pages to be asked for, but
 * what is asked for then waits for the next tenth of a second, too. A tenth of the link, and at least so many bytes per
 * second, is the tightest at which a guest of some hundred MiB arrives within a minute (measured with 7.2).
 */
const DEMAND_PAGING = { linkShare: 0.1, fewestBytesPerSecond: 10e6 };

/** How QEMU does what a run asks for. Throws with a sentence if it cannot. */
export function planOf({ scenario, technique, preset }: RealRun): Plan {
  const { name, file, with: optimizations = [] } = technique;
  if (name === undefined) throw new QemuError(`${file} runs in the simulator only: real QEMU has its own strategies.`, ['technique']);
  if (preset !== undefined && preset !== 'qemu') {
    throw new QemuError(`Real QEMU cannot behave like ${preset}: leave \`preset\` out, or write \`preset: qemu\`.`, ['preset']);
  }
  refuse(scenario);
  const { program, remarks } = guestFor(scenario);
  const isPostcopy = name === 'post-copy' || name === 'hybrid' || name === 'demand-paging';
  const names = optimizations.map(nameOfChoice);
  const optimized = optimizations.map((each) => optimizationOf(each, scenario, names.includes('multifd')));
  const { link } = scenario;
  const isRelayed = link.bytesPerSecond < FASTEST_RELAY;
  if (!isRelayed && scenario.faults?.some(({ kind }) => kind === 'link')) {
    throw new QemuError('Only a link below 8 Gbit/s can be cut on real QEMU: choose a slower `link`.', ['link.bandwidth', 'faults']);
  }
  return {
    name: nameOf(technique),
    technique: name,
    scenario,
    program,
    capabilities: [
      ...(isPostcopy ? ['postcopy-ram'] : []),
      ...new Set(optimized.flatMap(({ capabilities = [] }) => capabilities)),
    ],
    parameters: {
      'downtime-limit': Math.min(2_000_000, Math.round(1000 * scenario.downtimeLimit)),
      'max-bandwidth': Math.min(UNLIMITED, Math.round(scenario.maxBandwidth ?? Infinity)),
      ...(name === 'demand-paging' && { 'max-postcopy-bandwidth': demandPagingBandwidth(scenario) }),
      ...Object.assign({}, ...optimized.map(({ parameters }) => parameters)),
    },
    stopsFirst: name === 'stop-and-copy',
    ...(isPostcopy && { postcopyAfterSyncs: name === 'hybrid' ? FIRST_PASS_OVER : 1 }),
    // The hypervisor itself never gives up; the textbook's technique does.
    ...(name === 'pre-copy' && preset === undefined && { stopAfterSyncs: scenario.maxRounds + 1 }),
    ...(isRelayed && { link: { bytesPerSecond: link.bytesPerSecond, latencySeconds: link.latency } }),
    faults: scenario.faults ?? [],
    recovers: scenario.recovers === true || names.includes('recovery'),
    remarks: [
      ...remarks,
      ...remarksOn(scenario, preset, isRelayed),
      ...(name === 'demand-paging' ? [DEMAND_PAGING_REMARK] : []),
      ...optimized.flatMap(({ remark }) => remark ?? []),
    ],
  };
}

const DEMAND_PAGING_REMARK =
  'QEMU always pushes: demand paging is post-copy with a tight `max-postcopy-bandwidth`, under which a page that is asked ' +
  'for waits for up to 100 ms.';

function demandPagingBandwidth({ link }: Scenario): number {
  return Math.round(Math.max(DEMAND_PAGING.fewestBytesPerSecond, DEMAND_PAGING.linkShare * link.bytesPerSecond));
}

function remarksOn(scenario: Scenario, preset: string | undefined, isRelayed: boolean): string[] {
  const { link, tracking, stream, destination, client, ideal } = scenario;
  const remarks = [
    !isRelayed &&
      'The link is as fast as this computer’s own memory: no link is made, and some 1.4 GB/s of noisy speed stand for it.',
    link.queueBytes !== undefined && 'The link’s queue is that of this computer’s sockets: `link.queue` is not followed.',
    ideal && 'Real QEMU has headers, state and costs: `ideal` is not followed.',
    preset === undefined && tracking && 'How QEMU tracks dirty pages is up to its accelerator: `tracking` is not followed.',
    stream?.zeroPages === false && 'QEMU always looks for pages of zeros.',
    preset === undefined && destination && 'What a fault costs is up to this computer: `destination` is not followed.',
    client && 'Nobody on a network watches the real guest: `client` is not followed.',
  ];
  return remarks.filter((each) => typeof each === 'string');
}

function refuse({ storage }: Scenario): void {
  if (storage) throw new QemuError('The real guest has no disk: leave `storage` out.', ['storage.size', 'storage']);
}

interface Mapped {
  capabilities?: readonly string[];
  parameters?: Plan['parameters'];
  remark?: string;
}

/** What QEMU calls the parameters of auto-converge; fractions are per cent to it. */
const THROTTLE = {
  initial: 'cpu-throttle-initial',
  increment: 'cpu-throttle-increment',
  max: 'max-cpu-throttle',
  threshold: 'throttle-trigger-threshold',
  tailslow: 'cpu-throttle-tailslow',
} as const;

/** The technique asks for what QEMU has not. */
function unfit(message: string): QemuError {
  return new QemuError(message, ['technique']);
}

function throttleOf(choice: Choice): Plan['parameters'] {
  const said = typeof choice === 'string' ? {} : choice.parameters;
  const named = Object.entries(THROTTLE).filter(([name]) => said[name] !== undefined);
  const value = (name: string) => (typeof said[name] === 'boolean' ? said[name] : Math.round(100 * said[name]!));
  return Object.fromEntries(named.map(([name, qemu]) => [qemu, value(name)]));
}

function optimizationOf(choice: Choice, scenario: Scenario, overMultifd: boolean): Mapped {
  const name = nameOfChoice(choice) as OptimizationName;
  const values = valuesOf(scenario, choice);
  switch (name) {
    case 'zero-pages':
    case 'recovery':
      return {};
    case 'xbzrle':
      return { capabilities: ['xbzrle'], parameters: { 'xbzrle-cache-size': values.cache! } };
    case 'auto-converge':
      return { capabilities: ['auto-converge'], parameters: throttleOf(choice) };
    case 'preempt':
      return { capabilities: ['postcopy-preempt'] };
    case 'multifd':
      return { capabilities: ['multifd'], parameters: { 'multifd-channels': values.channels! } };
    case 'compression':
      return overMultifd
        ? { parameters: { 'multifd-compression': 'zlib', 'multifd-zlib-level': 1 } }
        : { capabilities: ['compress'], parameters: { 'compress-level': 1, 'compress-threads': 1 } };
    case 'compression-zstd':
      if (overMultifd) return { parameters: { 'multifd-compression': 'zstd', 'multifd-zstd-level': 1 } };
      throw unfit('QEMU compresses with zstd over multifd only: write `with: [multifd, compression-zstd]`.');
    case 'dirty-limit':
      throw unfit('`dirty-limit` needs KVM with a dirty ring, and QEMU 8.1: it runs in the simulator only.');
    case 'free-page-hints':
    case 'balloon':
      throw unfit(`\`${name}\` needs a driver in the guest, which the real one does not have: it runs in the simulator only.`);
    default:
      throw unfit(`QEMU has no \`${name}\`: it runs in the simulator only.`);
  }
}
