import { nameOfChoice, optimizationNamed } from '../../engine/optimizations';
import type { TechniqueName } from '../../engine';
import { occasions, type Occasion } from '../../engine/techniques';
import type { Experiment, SettingKey, Settings, TechniqueRef } from './experiment';
import { points, presetOf } from './expand';
import { worldsOf } from './world';

/**
 * What an experiment says without any effect, in sentences: it is not refused, as a comparison or a sweep may well hold
 * such a thing, but whoever sees two equal figures should know why. Only what is certain from how techniques,
 * hypervisors and optimisations are made.
 */
export function remarksOn(experiment: Experiment): string[] {
  const settings = points(experiment).map((point) => point.settings);
  // What a real machine makes of these its own remarks say.
  const isReal = worldsOf(experiment).includes('qemu');
  return [
    ...new Set([
      ...experiment.techniques.flatMap((technique) => [
        ...uselessIn(technique, settings),
        ...(isReal ? [] : missingThings(technique, settings)),
        ...addedToXen(technique, settings),
      ]),
      ...(isReal ? [] : ignoredLimits(experiment, settings)),
    ]),
  ];
}

type Given = Partial<Settings>;

const WITHOUT: Readonly<Record<Occasion, string>> = {
  copy: 'no page is sent before the hand-over',
  'live round': 'no page is sent while the guest runs at the source',
  'later round': 'no page is sent twice while the guest runs at the source',
  rest: 'no page is left for after the hand-over',
  push: 'no page is left for after the hand-over',
};

/** Optimisations to which their technique gives no occasion. */
function uselessIn(technique: TechniqueRef, settings: readonly Given[]): string[] {
  const { name, with: choices = [] } = technique;
  if (name === undefined || !settings.every((given) => isTextbook(name, presetOf(technique, given)))) return [];
  return choices.map(nameOfChoice).flatMap((optimization) => {
    const { needs } = optimizationNamed(optimization);
    if (needs === undefined || occasions[name].includes(needs)) return [];
    const why = needs === 'push' && name === 'demand-paging' ? 'no page is sent unasked' : WITHOUT[needs];
    return [`\`${optimization}\` is of no use in ${name}: ${why}.`];
  });
}

/** Is this done on the textbook's occasions? QEMU's post-copy begins with a piece of a live round. */
function isTextbook(name: TechniqueName, preset: string | undefined): boolean {
  return preset !== 'qemu' || name === 'stop-and-copy' || name === 'pre-copy';
}

/** Optimisations of something that is not there at any point of the sweep. */
function missingThings({ name, with: choices = [] }: TechniqueRef, settings: readonly Given[]): string[] {
  const names = choices.map(nameOfChoice);
  const pushes = name === undefined || occasions[name].includes('push');
  const useless = (optimization: string, key: SettingKey, why: string) =>
    names.includes(optimization) && settings.every((given) => !given[key]) ? [`\`${optimization}\` is of no use here: ${why}.`] : [];
  return [
    ...(pushes ? useless('preempt', 'link.queue', 'no queue is to be passed, such as `link: { queue: 256 KiB }`') : []),
    ...useless('mirror-storage', 'storage.size', 'no disk is to be copied, such as `storage: { size: 4 GiB }`'),
  ];
}

/** What QEMU has and Xen has not (tools/libs/guest/xg_sr_save.c: pages go in full, and nobody holds the guest back). */
const NOT_IN_XEN = ['xbzrle', 'compression', 'compression-zstd', 'multifd', 'auto-converge', 'dirty-limit'];

function addedToXen(technique: TechniqueRef, settings: readonly Given[]): string[] {
  const isXen = settings.some((given) => ['xen', 'xen-legacy'].includes(presetOf(technique, given) ?? ''));
  const names = (technique.with ?? []).map(nameOfChoice).filter((name) => NOT_IN_XEN.includes(name));
  return isXen ? names.map((name) => `Xen has no \`${name}\`: this is what it would do there.`) : [];
}

type Limit = 'maxRounds' | 'downtimeLimit' | 'maxBandwidth';

/** Which techniques ask for a limit, under which hypervisor; undefined: under the textbook's rules. */
const ASKED_BY: Readonly<Record<Limit, (name: TechniqueName, preset: string | undefined) => boolean>> = {
  maxRounds: (name, preset) => preset === undefined && name === 'pre-copy',
  downtimeLimit: (name, preset) =>
    (name === 'pre-copy' && (preset === undefined || preset === 'cloud-hypervisor')) || preset === 'qemu',
  maxBandwidth: (_, preset) => preset === 'qemu',
};

/** Limits that are given and for which no technique asks. Whether somebody's own strategy does is not known. */
function ignoredLimits({ techniques }: Experiment, settings: readonly Given[]): string[] {
  return (Object.keys(ASKED_BY) as Limit[])
    .filter((limit) => settings.some((given) => given[limit] !== undefined))
    .filter((limit) =>
      techniques.every((technique) => {
        const { name } = technique;
        return name !== undefined && settings.every((given) => !ASKED_BY[limit](name, presetOf(technique, given)));
      }),
    )
    .map((limit) => `No technique here asks for \`${limit}\`: it changes no migration.`);
}
