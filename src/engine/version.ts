/** The engine's version, part of every report: the same seed gives the same report within one version. */
export const ENGINE_VERSION = '0.1.0';
