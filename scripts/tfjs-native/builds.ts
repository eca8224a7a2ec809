/** A wheel of PyPI that a build takes files from. */
export interface Wheel {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
  readonly bytes: number;
  /** Files to extract, as patterns of `unzip`. */
  readonly files: readonly string[];
}

/** A TensorFlow for Linux x86-64 that the package of TensorFlow.js is compiled against. */
export interface Build {
  readonly description: string;
  readonly tensorflow: string;
  readonly device: 'cpu' | 'gpu';
  /** Library in the TensorFlow wheel that has the C API. */
  readonly library: string;
  /** Whether the library refers to symbols of Python, which it expects in the process. */
  readonly needsPython: boolean;
  /** TensorFlow, then libraries of CUDA. */
  readonly wheels: readonly [Wheel, ...Wheel[]];
  /** What the machine must have. */
  readonly requires: string;
}

const FRAMEWORK = 'tensorflow/libtensorflow_framework.so.2';

/** In TensorFlow 2.9.1 only the module of Python has the C API. */
const PYTHON_MODULE = {
  library: 'tensorflow/python/_pywrap_tensorflow_internal.so',
  needsPython: true,
} as const;
const PYTHON_MODULE_FILES = [
  'tensorflow/include/tensorflow/*',
  PYTHON_MODULE.library,
  FRAMEWORK,
] as const;

const cuda = (
  name: string,
  version: string,
  bytes: number,
  sha256: string,
  files = 'nvidia/*/lib/*',
): Wheel => ({ name: `nvidia-${name}-cu12`, version, sha256, bytes, files: [files] });

/** TensorFlow.js 4.22 is released for TensorFlow 2.9.1; it also compiles against 2.20.0. */
export const BUILDS = {
  cpu: {
    description: 'TensorFlow 2.9.1 on the CPU',
    tensorflow: '2.9.1',
    device: 'cpu',
    ...PYTHON_MODULE,
    requires: 'no more',
    wheels: [
      {
        name: 'tensorflow-cpu',
        version: '2.9.1',
        bytes: 207_453_921,
        sha256: '6666ddeae45e1f41da788cb4bdea3435aba16edb0bc17b7ac00631c7c9eb052e',
        files: PYTHON_MODULE_FILES,
      },
    ],
  },
  gpu: {
    description: 'TensorFlow 2.9.1 on GPUs up to compute capability 8.6',
    tensorflow: '2.9.1',
    device: 'gpu',
    ...PYTHON_MODULE,
    requires: 'CUDA 11.2 or later 11.x and cuDNN 8 in the search path of shared libraries',
    wheels: [
      {
        name: 'tensorflow',
        version: '2.9.1',
        bytes: 511_725_740,
        sha256: 'add2f4e55fd7209a5cb01d815364adc9827184d74a83c2f1616c72be2e85c8b7',
        files: PYTHON_MODULE_FILES,
      },
    ],
  },
  'gpu-cuda12': {
    description: 'TensorFlow 2.20.0 with CUDA 12.5 and cuDNN 9.3, for new GPUs such as H100',
    tensorflow: '2.20.0',
    device: 'gpu',
    library: 'tensorflow/libtensorflow_cc.so.2',
    needsPython: false,
    requires: 'a driver of NVIDIA for CUDA 12.5 or later',
    wheels: [
      {
        name: 'tensorflow',
        version: '2.20.0',
        bytes: 620_425_510,
        sha256: '7abd7f3a010e0d354dc804182372779a722d474c4d8a3db8f4a3f5baef2a591e',
        files: [
          'tensorflow/include/tensorflow/*',
          'tensorflow/include/tsl/*',
          'tensorflow/include/xla/tsl/*',
          'tensorflow/libtensorflow_cc.so.2',
          FRAMEWORK,
        ],
      },
      cuda(
        'cublas',
        '12.5.3.2',
        363_313_169,
        'ca070ad70e9fa6654084575d01bd001f30cc4665e33d4bb9fc8e0f321caa034b',
      ),
      cuda(
        'cuda-cupti',
        '12.5.82',
        13_811_507,
        'bde77a5feb66752ec61db2adfe47f56b941842825b4c7e2068aff27c9d107953',
      ),
      cuda(
        'cuda-nvcc',
        '12.5.82',
        22_468_537,
        'b03e545b8e8c3ce7ebcd7fc44063180ff52ff01d064ece2127ed90a04ef12cd0',
        'nvidia/cuda_nvcc/*',
      ),
      cuda(
        'cuda-nvrtc',
        '12.5.82',
        24_873_108,
        '3dbd97b0104b4bfbc3c4f8c79cd2496307c89c43c29a9f83125f1d76296ff3fd',
      ),
      cuda(
        'cuda-runtime',
        '12.5.82',
        895_707,
        '3e79a060e126df40fd3a068f3f787eb000fa51b251ec6cd97d09579632687115',
      ),
      cuda(
        'cudnn',
        '9.3.0.75',
        577_163_502,
        '9ad9c6929ebb5295eb4a1728024666d1c88283373e265a0c5c883e6f9d5cd76d',
      ),
      cuda(
        'cufft',
        '11.2.3.61',
        192_524_114,
        '9a6e8df162585750f61983a638104a48c756aa13f9f48e19ab079b38e3c828b8',
      ),
      cuda(
        'curand',
        '10.3.6.82',
        56_309_107,
        '2823fb27de4e44dbb22394a6adf53aa6e1b013aca0f8c22867d1cfae58405536',
      ),
      cuda(
        'cusolver',
        '11.6.3.83',
        130_341_232,
        '93cfafacde4428b71778eeb092ec615a02a3d05404da1bcf91c53e3fa1bce42b',
      ),
      cuda(
        'cusparse',
        '12.5.1.3',
        217_558_979,
        '016df8e993c437e8301e62739f01775cba988fd5253cd4c64173f8e8d2f8e752',
      ),
      cuda(
        'nccl',
        '2.25.1',
        201_352_353,
        '362aed5963fb9ea2ed2f264409baae30143498fd0e5c503aeaa1badd88cdc54a',
      ),
      cuda(
        'nvjitlink',
        '12.5.82',
        21_298_879,
        'f9b37bc5c8cf7509665cb6ada5aaa0ce65618f2332b7d3e78e9790511f111212',
      ),
    ],
  },
} as const satisfies Record<string, Build>;

export type BuildName = keyof typeof BUILDS;
export const BUILD_NAMES = Object.keys(BUILDS) as BuildName[];

/** Bytes that a build downloads, without the npm package (2 MB). */
export const downloadSize = ({ wheels }: Build): number =>
  wheels.reduce((sum, { bytes }) => sum + bytes, 0);
