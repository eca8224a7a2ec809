import * as tf from '@tensorflow/tfjs';

const NORMALISE = 'LayerNormalization';

interface NormaliseAttributes {
  readonly epsilon: number;
}

/** The kernel on backends that compute; the tracer records an ONNX node instead. */
function normaliseEagerly({ inputs, attrs }: { inputs: object; attrs?: object }): tf.TensorInfo[] {
  const { x } = inputs as { readonly x: tf.Tensor };
  const { epsilon } = attrs as NormaliseAttributes;
  return tf.tidy(() => {
    const mean = tf.mean(x, -1, true);
    const centred = tf.sub(x, mean);
    const variance = tf.mean(tf.square(centred), -1, true);
    const inverse = tf.div(1, tf.sqrt(tf.add(variance, epsilon)));
    return [tf.mul(centred, inverse), mean, inverse];
  });
}

/** With n = (x - mean) * inverse: dx = inverse * (dy - mean(dy) - n * mean(dy * n)), over the last axis. */
tf.registerGradient({
  kernelName: NORMALISE,
  outputsToSave: [true, false, true],
  gradFunc: (dy, saved) => {
    const [normal, inverse] = saved as [tf.Tensor, tf.Tensor];
    const [upstream] = [dy].flat() as [tf.Tensor];
    return {
      x: () => {
        const projection = tf.mul(normal, tf.mean(tf.mul(upstream, normal), -1, true));
        return tf.mul(inverse, tf.sub(tf.sub(upstream, tf.mean(upstream, -1, true)), projection));
      },
    };
  },
});

const registered = new Set<string>();

/** Layer normalisation over the last axis (Ba et al. 2016), before its gain and bias. */
function normalise<T extends tf.Tensor>(x: T): T {
  const backendName = tf.getBackend();
  if (!registered.has(backendName)) {
    registered.add(backendName);
    const kernels = tf.getKernelsForBackend(backendName);
    if (!kernels.some(({ kernelName }) => kernelName === NORMALISE)) {
      tf.registerKernel({ kernelName: NORMALISE, backendName, kernelFunc: normaliseEagerly });
    }
  }
  const attributes: NormaliseAttributes = { epsilon: 1e-5 };
  const outputs: unknown = tf.engine().runKernel(NORMALISE, { x }, { ...attributes });
  const [normal] = outputs as [T];
  return normal;
}

/** Cuts a tensor along an axis into parts of these sizes, typed as that many. */
export function splitInto<T extends tf.Tensor, const Sizes extends readonly number[]>(
  x: T,
  sizes: Sizes,
  axis: number,
): { [Part in keyof Sizes]: T } {
  return tf.split(x, [...sizes], axis) as { [Part in keyof Sizes]: T };
}

export interface LinearParameters {
  /** [from, to] */
  readonly weight: tf.Tensor2D;
  /** [to] */
  readonly bias?: tf.Tensor1D;
}

export interface NormParameters {
  /** [width] each */
  readonly weight: tf.Tensor1D;
  readonly bias: tf.Tensor1D;
}

/**
 * x * weight + bias
 *
 * @param x [..., from]
 * @returns [..., to]
 */
export function linear<T extends tf.Tensor>(x: T, { weight, bias }: LinearParameters): T {
  const [from, to] = weight.shape;
  const product = tf.matMul(tf.reshape(x, [-1, from]), weight);
  const flat = bias ? tf.add(product, bias) : product;
  return tf.reshape(flat, [...x.shape.slice(0, -1), to]) as T;
}

/**
 * `linear` of the layer norm of x. Gain and bias of the norm are applied to the linear map instead of
 * the activations, which are many times as many: (n * gain + bias) W = n (gain * W) + bias W.
 *
 * @param x [..., from]
 * @returns [..., to]
 */
export function layerNormLinear<T extends tf.Tensor>(
  x: T,
  norm: NormParameters,
  { weight, bias }: LinearParameters,
): T {
  const shift = tf.reshape<tf.Rank.R1>(tf.matMul(tf.expandDims(norm.bias, 0), weight), [-1]);
  return linear(normalise(x), {
    weight: tf.mul<tf.Tensor2D>(weight, tf.expandDims(norm.weight, 1)),
    bias: bias ? tf.add<tf.Tensor1D>(shift, bias) : shift,
  });
}

/**
 * The exact GELU (Hendrycks & Gimpel 2016): x * Phi(x), with Phi(x) = (1 + erf(x / sqrt 2)) / 2. The
 * tracer moves both factors into the linear maps around it (`tracer/move-scales.ts`).
 */
export function gelu<T extends tf.Tensor>(x: T): T {
  return tf.mul(geluCore(tf.mul(x, Math.SQRT1_2)), Math.SQRT1_2);
}

/**
 * s * (1 + erf(s)), the core of the exact GELU: gelu(x) = core(x / sqrt 2) / sqrt 2. Its slope is
 * 1 + erf(s) + s * exp(-s^2) * 2 / sqrt(pi), computed in few passes over the activations.
 */
export const geluCore = tf.customGrad<tf.Tensor>((input, save) => {
  const s = input as tf.Tensor;
  const cumulative = tf.add(tf.erf(s), 1);
  (save as tf.GradSaveFunc)([s, cumulative]);
  return {
    value: tf.mul(s, cumulative),
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [x, onePlusErf] = saved as [tf.Tensor, tf.Tensor];
      const density = tf.exp(tf.sub(Math.log(2 / Math.sqrt(Math.PI)), tf.square(x)));
      return tf.mul(dy, tf.add(onePlusErf, tf.mul(x, density)));
    },
  };
});

/**
 * Summed cross-entropy of the target tokens, in nats.
 *
 * @param logits [N, V]
 * @param targets [N] int32 token ids
 */
export function crossEntropy(logits: tf.Tensor2D, targets: tf.Tensor1D): tf.Scalar {
  const oneHot = tf.oneHot(targets, logits.shape[1]).toFloat(); // [N, V]
  const loss = tf.customGrad((input, save) => {
    const x = input as tf.Tensor;
    const shifted = tf.sub(x, tf.max(x, -1, true));
    const logNormaliser = tf.log(tf.sum(tf.exp(shifted), -1, true)); // [N, 1]
    const logProbabilities = tf.sub(shifted, logNormaliser); // [N, V]
    (save as tf.GradSaveFunc)([logProbabilities, oneHot]);
    return {
      value: tf.neg(tf.sum(tf.mul(oneHot, logProbabilities))),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [logP, target] = saved as [tf.Tensor, tf.Tensor];
        return tf.mul(tf.sub(tf.exp(logP), target), dy);
      },
    };
  });
  return loss(logits) as tf.Scalar;
}
