import type { EngineFactory } from './engine.ts';

export const ENGINE_NAMES = ['ort', 'tfjs-gpu', 'tfjs-cpu'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/** Engines by name; each is loaded only when it is used. */
export const ENGINES: Readonly<Record<EngineName, EngineFactory>> = {
  ort: async (...args) => (await import('./ort.ts')).createOrtEngine(...args),
  'tfjs-gpu': async (...args) => (await import('./tfjs.ts')).createTfjsGpuEngine(...args),
  'tfjs-cpu': async (...args) => (await import('./tfjs.ts')).createTfjsCpuEngine(...args),
};
