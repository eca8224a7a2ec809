import type { ModelConfig } from '../../contract/recipe.ts';
import { TOKEN_COUNT } from '../../task/tokens.ts';
import type { ModelArchitecture, ParameterSpec } from './architecture.ts';
import { initialValues, sizeOf } from './parameters.ts';
import { transformer } from './transformer.ts';

export type * from './architecture.ts';
export { initialValues, sizeOf } from './parameters.ts';

/** The architecture of every model that is trained here, on the vocabulary of the task. */
export const ARCHITECTURE: ModelArchitecture = transformer;

export const { forward, hookSites } = ARCHITECTURE;

/** Every parameter in storage order: together they are the flat vector theta [P]. */
export const parameterSpecs = (config: ModelConfig): ParameterSpec[] =>
  ARCHITECTURE.parameters(config, TOKEN_COUNT);

/** P, the length of theta. */
export const parameterCount = (config: ModelConfig): number =>
  parameterSpecs(config).reduce((sum, { shape }) => sum + sizeOf(shape), 0);

/**
 * A fresh theta [P]. The random stream of a parameter is named by its index in a model with a visual
 * input, so that the other parameters start the same with and without one.
 */
export function initialParameters(config: ModelConfig, seed: number): Float32Array {
  const theta = new Float32Array(parameterCount(config));
  const withPatches = { ...config, patchFeatures: Math.max(1, config.patchFeatures) };
  const indices = new Map(parameterSpecs(withPatches).map(({ name }, index) => [name, index]));
  let offset = 0;
  for (const spec of parameterSpecs(config)) {
    theta.set(initialValues(spec, seed, indices.get(spec.name) ?? 0), offset);
    offset += sizeOf(spec.shape);
  }
  return theta;
}
