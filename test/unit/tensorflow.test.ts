import { describe, expect, it } from 'vitest';
import { unavailableReason } from '../../node/tensorflow.ts';

const errorWith = (message: string, code?: string) =>
  Object.assign(new Error(message), code === undefined ? {} : { code });

describe('The reason why native TensorFlow cannot be used', () => {
  it.each([
    [
      'missing package',
      errorWith(
        "Cannot find package '@tensorflow/tfjs-node-gpu' imported from /x/node/tensorflow.ts",
        'ERR_MODULE_NOT_FOUND',
      ),
      /^it is not installed$/,
    ],
    [
      'missing package of its own',
      errorWith("Cannot find package 'long' imported from /x/y.js", 'ERR_MODULE_NOT_FOUND'),
      /^Cannot find package 'long'/,
    ],
    [
      'missing library',
      errorWith(
        'The Node.js native addon module (tfjs_binding.node) can not be found at path: /x. \nPlease run',
      ),
      /^it is installed without its native library/,
    ],
    [
      'library that does not load',
      errorWith(
        'libtensorflow.so.2: cannot open shared object file: No such file or directory',
        'ERR_DLOPEN_FAILED',
      ),
      /^its native library cannot be loaded \(libtensorflow\.so\.2: cannot open/,
    ],
    ['anything else', errorWith('out of memory\n  at x'), /^out of memory$/],
  ])('is that of a %s', (_, error, reason) => {
    expect(unavailableReason(error)).toMatch(reason);
  });
});
