import type { SettingKey } from './experiment';
import { INSTALLED } from './installed';
import { flag, oneOf, quantityBetween, wholeNumber, type SettingSpec } from './key';
import { bandwidth, duration } from './quantity';

export type RunKey = Extract<SettingKey, 'preset' | 'downtimeLimit' | 'maxRounds' | 'maxBandwidth' | 'setup' | 'seed' | 'ideal'>;

const rate = quantityBetween(bandwidth, 'bytes per second', 125, 1.25e12);

/** What the operator asks for. */
export const RUN_SETTINGS: { readonly [K in RunKey]: SettingSpec<K> } = {
  preset: {
    path: 'preset',
    meaning:
      'The hypervisor whose stop rules, wire format and costs hold for every technique. What the experiment says ' +
      'itself comes before what the preset says.',
    default: 'none',
    example: 'preset: qemu',
    ...oneOf('a preset', ['none', ...Object.keys(INSTALLED.presets)]),
  },
  downtimeLimit: {
    path: 'downtimeLimit',
    meaning: 'The longest downtime that the operator accepts. Pre-copy goes on until what is left fits into it.',
    default: '300 ms',
    example: 'downtimeLimit: 300 ms',
    values: ['30 ms', '300 ms', '1 s'],
    ...quantityBetween(duration, 'seconds', 0, 2000),
  },
  maxRounds: {
    path: 'maxRounds',
    meaning: 'How many live rounds the operator accepts before the guest is paused anyway.',
    default: '30',
    example: 'maxRounds: 30',
    values: ['1', '5', '30'],
    ...wholeNumber(1, 1000),
  },
  maxBandwidth: {
    path: 'maxBandwidth',
    meaning:
      'What the operator lets a migration take of the link. It is up to the technique what it makes of this: the five of ' +
      'the textbook take all of the link, QEMU keeps to it, but not for the final copy.',
    default: 'unlimited',
    example: 'maxBandwidth: 128 MiB/s',
    values: ['32 MiB/s', '128 MiB/s', 'unlimited'],
    ...rate,
    accepts: `${rate.accepts}, or \`unlimited\``,
    read: (scalar) => (scalar === 'unlimited' ? Infinity : rate.read(scalar)),
  },
  setup: {
    path: 'setup',
    meaning: 'Connecting and starting to track dirty pages, before the first page can go.',
    default: '0 ms',
    example: 'setup: 20 ms',
    values: ['0 ms', '20 ms'],
    ...quantityBetween(duration, 'seconds', 0, 1000),
  },
  seed: {
    path: 'seed',
    meaning: 'Seeds every random choice. The same seed gives the same report, to the byte.',
    default: '1',
    example: 'seed: 1',
    values: ['1', '2', '3'],
    ...wholeNumber(0, 2 ** 32 - 1, 'number'),
  },
  ideal: {
    path: 'ideal',
    meaning:
      'The world of the closed forms: no headers, no latency, no state, no zero pages, free and instantaneous ' +
      'tracking.',
    default: 'false',
    example: 'ideal: true',
    ...flag,
  },
};
