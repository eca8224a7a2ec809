import * as tf from '@tensorflow/tfjs';
import { loadTensorflow } from '../../node/tensorflow.ts';

/** Computes something on native TensorFlow, and prints its version and device as JSON. */
const tensorflow = await loadTensorflow(1);
const product = tf.matMul(tf.ones([2, 3]), tf.ones([3, 2]));
const values = await product.data();
if (!values.every((value) => value === 3))
  throw new Error(`a product is wrong: ${values.join(' ')}`);
console.log(JSON.stringify(tensorflow));
