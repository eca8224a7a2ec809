import * as tf from '@tensorflow/tfjs';

const NORMALISE = 'LayerNormalization';

interface NormaliseAttributes {
  readonly epsilon: number;
}

/** The eager meaning of the kernel; the tracer has an ONNX node for it instead. */
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
    const [normal, inverse] = saved;
    const upstream = Array.isArray(dy) ? dy[0] : dy;
    return {
      x: () => {
        const projection = tf.mul(normal, tf.mean(tf.mul(upstream, normal), -1, true));
        return tf.mul(inverse, tf.sub(tf.sub(upstream, tf.mean(upstream, -1, true)), projection));
      },
    };
  },
});

const registered = new Set<string>();

/** Layer normalisation over the last axis, before its gain and bias. */
function normalise(x: tf.Tensor2D): tf.Tensor2D {
  const backendName = tf.getBackend();
  if (!registered.has(backendName)) {
    registered.add(backendName);
    if (!tf.getKernel(NORMALISE, backendName)) {
      tf.registerKernel({ kernelName: NORMALISE, backendName, kernelFunc: normaliseEagerly });
    }
  }
  const attributes: NormaliseAttributes = { epsilon: 1e-5 };
  const outputs = tf.engine().runKernel(NORMALISE, { x }, { ...attributes });
  return (outputs as unknown as tf.Tensor2D[])[0];
}

export interface LinearParameters {
  /** [from, to] */
  readonly weight: tf.Tensor2D;
  /** [to] */
  readonly bias?: tf.Tensor1D;
}

export interface NormParameters {
  /** [width] each */
  readonly gain: tf.Tensor1D;
  readonly bias: tf.Tensor1D;
}

/** @returns x * weight + bias */
export function linear(x: tf.Tensor2D, { weight, bias }: LinearParameters): tf.Tensor2D {
  const product = tf.matMul<tf.Tensor2D>(x, weight);
  return bias ? tf.add<tf.Tensor2D>(product, bias) : product;
}

/**
 * `linear` of the layer norm of x. The norm's gain and bias are applied to the linear map and not to
 * the activations, which are many times as many: (n * gain + bias) W = n (gain * W) + bias W.
 *
 * @param x [rows, width]
 */
export function normLinear(
  x: tf.Tensor2D,
  norm: NormParameters,
  { weight, bias }: LinearParameters,
): tf.Tensor2D {
  const offset = tf.reshape<tf.Rank.R1>(tf.matMul(tf.expandDims(norm.bias, 0), weight), [-1]);
  return linear(normalise(x), {
    weight: tf.mul<tf.Tensor2D>(weight, tf.expandDims(norm.gain, 1)),
    bias: bias ? tf.add<tf.Tensor1D>(offset, bias) : offset,
  });
}

/** A linear map times a number: the same as its result times that number, and cheaper. */
export function scaled({ weight, bias }: LinearParameters, by: number): LinearParameters {
  return {
    weight: tf.mul<tf.Tensor2D>(weight, by),
    ...(bias && { bias: tf.mul<tf.Tensor1D>(bias, by) }),
  };
}

/**
 * s * (1 + erf(s)), the core of the exact GELU: gelu(x) = core(x / sqrt 2) / sqrt 2. Its slope,
 * 1 + erf(s) + s * exp(-s^2) * 2 / sqrt(pi), is put so as to pass over the activations few times.
 */
export const geluCore = tf.customGrad<tf.Tensor>((input, save) => {
  const s = input as tf.Tensor;
  const cumulative = tf.add(tf.erf(s), 1);
  (save as tf.GradSaveFunc)([s, cumulative]);
  return {
    value: tf.mul(s, cumulative),
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [from, upTo] = saved;
      const density = tf.exp(tf.sub(Math.log(2 / Math.sqrt(Math.PI)), tf.square(from)));
      return tf.mul(dy, tf.add(upTo, tf.mul(from, density)));
    },
  };
});

/**
 * Summed cross-entropy of the right tokens, in nats.
 *
 * @param logits [N, V]
 * @param targets [N] int32 token ids
 */
export function crossEntropy(logits: tf.Tensor2D, targets: tf.Tensor1D): tf.Scalar {
  const right = tf.oneHot(targets, logits.shape[1]).toFloat();
  const loss = tf.customGrad((input, save) => {
    const x = input as tf.Tensor;
    const shifted = tf.sub(x, tf.max(x, -1, true));
    const logNormaliser = tf.log(tf.sum(tf.exp(shifted), -1, true));
    const logProbabilities = tf.sub(shifted, logNormaliser);
    (save as tf.GradSaveFunc)([logProbabilities, right]);
    return {
      value: tf.neg(tf.sum(tf.mul(right, logProbabilities))),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        tf.mul(tf.sub(tf.exp(saved[0]), saved[1]), dy),
    };
  });
  return loss(logits) as tf.Scalar;
}
