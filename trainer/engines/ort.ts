import type * as Ort from 'onnxruntime-node';
import type { Batch } from '../../task/batch.ts';
import type { ModelConfig } from '../../contract/recipe.ts';
import { toFeeds, inputShape, TARGETS } from '../../inference/model-inputs.ts';
import type { OnnxGraph } from '../../onnx/model.ts';
import { evaluationGraph, gradientGraph, trainingGraph } from '../graphs.ts';
import { stepScalars } from '../step.ts';
import { encodeModel } from '../tracer/onnx.ts';
import {
  EngineUnavailable,
  type Engine,
  type EngineFactory,
  type EngineOptions,
  type HostState,
} from './engine.ts';

/** Traced graphs run by onnxruntime-node: native speed from npm packages alone. */
export const createOrtEngine: EngineFactory = async (config, state, options) => {
  const ort = await import('onnxruntime-node');
  const open = (graph: OnnxGraph) => openSession(ort, graph, options);
  return new OrtEngine(ort, options.provider ?? 'cpu', config, state, open);
};

async function openSession(
  ort: typeof Ort,
  graph: OnnxGraph,
  { provider = 'cpu', threads = 1 }: EngineOptions,
): Promise<Ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(encodeModel(graph), {
      executionProviders: [provider],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      extra: {
        // Spinning threads would take the cores from everything else on the machine.
        session: { intra_op: { allow_spinning: '0' } },
        // A transposed first operand slows a product down by more than the transposition costs.
        optimization: {
          disable_specified_optimizers: 'GemmTransposeFusion;MatmulTransposeFusion',
        },
      },
      logSeverityLevel: 3,
    });
  } catch (error) {
    if (provider === 'cpu') throw error;
    throw new EngineUnavailable(
      `onnxruntime-node cannot use the provider ${provider} on this machine; ` +
        'use --provider cpu, which always works',
      { cause: error },
    );
  }
}

class OrtEngine implements Engine {
  readonly name = 'ort';
  readonly version: string;
  readonly #sessions = new Map<string, Promise<Ort.InferenceSession>>();
  #state: HostState;
  /** The vectors of the step before last: the next step's results are written over them. */
  #spare: HostState;

  constructor(
    private readonly ort: typeof Ort,
    readonly device: string,
    private readonly config: ModelConfig,
    state: HostState,
    private readonly open: (graph: OnnxGraph) => Promise<Ort.InferenceSession>,
  ) {
    this.version = ort.env.versions.node ?? ort.env.versions.common;
    this.#state = copyOf(state);
    this.#spare = copyOf(state);
  }

  async step(batch: Batch, learningRate: number, step: number) {
    const session = await this.#session('training', trainingGraph);
    const state = this.#state;
    const spare = this.#spare;
    const outputs = await session.run(
      {
        theta: this.#vector(state.theta),
        momentum: this.#vector(state.momentum),
        variance: this.#vector(state.variance),
        scalars: this.#vector(stepScalars(learningRate, step, batch.targets.length)),
        ...this.#feeds(batch),
        targets: new this.ort.Tensor('int32', batch.targets, inputShape(TARGETS, batch)),
      },
      {
        next_theta: this.#vector(spare.theta),
        next_momentum: this.#vector(spare.momentum),
        next_variance: this.#vector(spare.variance),
        loss: null,
        gradient_norm: null,
        predictions: null,
      },
    );
    this.#spare = state;
    this.#state = spare;
    return {
      loss: scalarIn(outputs, 'loss'),
      gradientNorm: scalarIn(outputs, 'gradient_norm'),
      predictions: outputs['predictions']?.data as Int32Array,
    };
  }

  async logits(batch: Batch) {
    const session = await this.#session('evaluation', evaluationGraph);
    const theta = this.#vector(this.#state.theta);
    return floatsIn(await session.run({ theta, ...this.#feeds(batch) }), 'logits');
  }

  async gradient(batch: Batch) {
    const session = await this.#session('gradient', gradientGraph);
    const { Tensor } = this.ort;
    const outputs = await session.run({
      theta: this.#vector(this.#state.theta),
      ...this.#feeds(batch),
      targets: new Tensor('int32', batch.targets, inputShape(TARGETS, batch)),
      loss_scale: new Tensor('float32', Float32Array.of(1 / batch.targets.length), []),
    });
    return { loss: scalarIn(outputs, 'loss'), gradient: floatsIn(outputs, 'gradient') };
  }

  state(): Promise<HostState> {
    return Promise.resolve(copyOf(this.#state));
  }

  async dispose() {
    for (const session of this.#sessions.values()) await (await session).release();
    this.#sessions.clear();
  }

  #vector(data: Float32Array): Ort.Tensor {
    return new this.ort.Tensor('float32', data, [data.length]);
  }

  #feeds(batch: Batch): Record<string, Ort.Tensor> {
    return toFeeds<Ort.Tensor>(batch, this.config.patchFeatures, this.ort.Tensor);
  }

  #session(name: string, graph: (config: ModelConfig) => OnnxGraph) {
    let session = this.#sessions.get(name);
    if (!session) {
      session = this.open(graph(this.config));
      this.#sessions.set(name, session);
    }
    return session;
  }
}

const copyOf = ({ theta, momentum, variance }: HostState): HostState => ({
  theta: theta.slice(),
  momentum: momentum.slice(),
  variance: variance.slice(),
});

type Outputs = Awaited<ReturnType<Ort.InferenceSession['run']>>;

function floatsIn(outputs: Outputs, name: string): Float32Array {
  const data = outputs[name]?.data;
  if (!(data instanceof Float32Array)) throw new Error(`the graph has no float32 output ${name}`);
  return data;
}

/** NaN where the output is empty. */
const scalarIn = (outputs: Outputs, name: string): number => floatsIn(outputs, name)[0] ?? NaN;
