import type { ModelConfig } from '../../contract/recipe.ts';
import { ARCHITECTURE, initialParameters, parameterSpecs, sizeOf } from './index.ts';

/** Changes to trained parameters outside of training. Theta is the flat vector of all of them, [P]. */

/** Every parameter as a view of theta, by name. */
export function parameterViews(
  config: ModelConfig,
  theta: Float32Array,
): Map<string, Float32Array> {
  let offset = 0;
  return new Map(
    parameterSpecs(config).map(({ name, shape }) => [
      name,
      theta.subarray(offset, (offset += sizeOf(shape))),
    ]),
  );
}

/** A view of theta: [V, D]. */
export const tokenEmbeddings = (config: ModelConfig, theta: Float32Array): Float32Array =>
  viewOf(config, theta, ARCHITECTURE.tokenEmbeddings);

/** A view of theta: [F, D]. */
export const patchProjection = (config: ModelConfig, theta: Float32Array): Float32Array =>
  viewOf(config, theta, ARCHITECTURE.patchProjection);

function viewOf(config: ModelConfig, theta: Float32Array, name: string): Float32Array {
  const view = parameterViews(config, theta).get(name);
  if (!view) throw new RangeError(`the model has no parameter ${name}`);
  return view;
}

/**
 * The theta of a model for one with another visual input.
 *
 * @param from the config of `theta`
 * @param keepProjection whether the projection of patch features is taken over; else it starts fresh
 * @throws RangeError where the configs differ in more than the visual input
 */
export function withVisualInput(
  theta: Float32Array,
  from: ModelConfig,
  to: ModelConfig,
  seed: number,
  keepProjection: boolean,
): Float32Array {
  const { patchFeatures } = to;
  if (JSON.stringify({ ...from, patchFeatures }) !== JSON.stringify(to)) {
    throw new RangeError('the models differ in more than their visual input');
  }
  const trained = parameterViews(from, theta);
  if (!keepProjection) trained.delete(ARCHITECTURE.patchProjection);
  const result = initialParameters(to, seed);
  for (const [name, values] of parameterViews(to, result)) {
    const known = trained.get(name);
    if (known) values.set(known);
  }
  return result;
}
