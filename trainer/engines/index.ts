import type { EngineFactory, EngineOptions } from './engine.ts';

export const ENGINE_NAMES = ['ort', 'tfjs-gpu', 'tfjs-cpu'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];
export const DEFAULT_ENGINE: EngineName = 'ort';

/** Engines by name; each is loaded only when it is used. They refuse options that they do not have. */
export const ENGINES: Readonly<Record<EngineName, EngineFactory>> = {
  ort: async (config, state, options) => {
    refuse(options.allowCpuFallback, '--allow-cpu-fallback is an option of the engine tfjs-gpu');
    return (await import('./ort.ts')).createOrtEngine(config, state, options);
  },
  'tfjs-gpu': async (config, state, options) => {
    refuse(options.provider, '--provider is an option of the engine ort');
    return (await import('./tfjs.ts')).createTfjsGpuEngine(config, state, options);
  },
  'tfjs-cpu': async (config, state, options) => {
    refuse(options.provider, '--provider is an option of the engine ort');
    refuse(options.allowCpuFallback, '--allow-cpu-fallback is an option of the engine tfjs-gpu');
    const { threads = 1 } = options;
    refuse(threads !== 1, `the engine tfjs-cpu has one thread, not ${threads}: omit --threads`);
    return (await import('./tfjs.ts')).createTfjsCpuEngine(config, state, options);
  },
};

function refuse(option: EngineOptions[keyof EngineOptions], message: string): void {
  if (option !== undefined && option !== false) throw new RangeError(message);
}
