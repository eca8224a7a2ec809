import * as tf from '@tensorflow/tfjs';

const LAYER_NORM = 'LayerNormalization';

interface LayerNormAttributes {
  readonly epsilon: number;
}

/** The eager meaning of the kernel; the tracer has an ONNX node for it instead. */
function layerNormEagerly({ inputs, attrs }: { inputs: object; attrs?: object }): tf.TensorInfo[] {
  const { x, gain, bias } = inputs as Record<'x' | 'gain' | 'bias', tf.Tensor>;
  const { epsilon } = attrs as LayerNormAttributes;
  return tf.tidy(() => {
    const mean = tf.mean(x, -1, true);
    const centred = tf.sub(x, mean);
    const variance = tf.mean(tf.square(centred), -1, true);
    const inverse = tf.div(1, tf.sqrt(tf.add(variance, epsilon)));
    return [tf.add(tf.mul(tf.mul(centred, inverse), gain), bias), mean, inverse];
  });
}

/**
 * With n = (x - mean) * inverse and g = dy * gain, all over the last axis:
 * dx = inverse * (g - mean(g) - n * mean(g * n)), dgain = sum(dy * n), dbias = sum(dy).
 */
tf.registerGradient({
  kernelName: LAYER_NORM,
  inputsToSave: ['x', 'gain'],
  outputsToSave: [false, true, true],
  gradFunc: (dy, saved) => {
    const [x, gain, mean, inverse] = saved;
    const upstream = Array.isArray(dy) ? dy[0] : dy;
    const normal = tf.mul(tf.sub(x, mean), inverse);
    return {
      x: () => {
        const scaled = tf.mul(upstream, gain);
        const projection = tf.mul(normal, tf.mean(tf.mul(scaled, normal), -1, true));
        return tf.mul(inverse, tf.sub(tf.sub(scaled, tf.mean(scaled, -1, true)), projection));
      },
      gain: () => tf.sum(tf.mul(upstream, normal), 0),
      bias: () => tf.sum(upstream, 0),
    };
  },
});

const registered = new Set<string>();

/**
 * Layer normalisation over the last axis.
 *
 * @param x [rows, width]
 * @param gain, bias [width]
 */
export function layerNorm(x: tf.Tensor2D, gain: tf.Tensor, bias: tf.Tensor): tf.Tensor2D {
  const backendName = tf.getBackend();
  if (!registered.has(backendName)) {
    registered.add(backendName);
    if (!tf.getKernel(LAYER_NORM, backendName)) {
      tf.registerKernel({ kernelName: LAYER_NORM, backendName, kernelFunc: layerNormEagerly });
    }
  }
  const attributes: LayerNormAttributes = { epsilon: 1e-5 };
  const outputs = tf.engine().runKernel(LAYER_NORM, { x, gain, bias }, { ...attributes });
  return (outputs as unknown as tf.Tensor2D[])[0];
}

/** Exact GELU, x * Phi(x), with its gradient Phi(x) + x * phi(x) in one go. */
export const gelu = tf.customGrad<tf.Tensor>((input, save) => {
  const x = input as tf.Tensor;
  // The form ORT recognises and fuses: 0.5 * x * (1 + erf(x / sqrt 2)).
  const cumulative = tf.add(tf.erf(tf.div(x, Math.SQRT2)), 1);
  (save as tf.GradSaveFunc)([x, cumulative]);
  return {
    value: tf.mul(tf.mul(x, cumulative), 0.5),
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [from, doubled] = saved;
      const density = tf.mul(tf.exp(tf.mul(tf.square(from), -0.5)), 1 / Math.sqrt(2 * Math.PI));
      return tf.mul(dy, tf.add(tf.mul(doubled, 0.5), tf.mul(from, density)));
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
