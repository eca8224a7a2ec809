import type * as Ort from 'onnxruntime-node';
import type { Batch } from '../../task/batch.ts';
import type { ModelConfig } from '../../contract/recipe.ts';
import { toFeeds, inputShape, TARGETS } from '../../inference/model-inputs.ts';
import { evaluationGraph, gradientGraph, trainingGraph } from '../graphs.ts';
import { stepScalars } from '../step.ts';
import { encodeModel, type OnnxGraph } from '../tracer/onnx.ts';
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
  return new OrtEngine(ort, config, state, open);
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
      // Spinning threads would starve whatever else the machine is doing.
      extra: {
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
  readonly #sessions = new Map<string, Promise<Ort.InferenceSession>>();
  #state: HostState;
  /** The vectors of the step before last: their memory takes the next step's results. */
  #spare: HostState;

  constructor(
    private readonly ort: typeof Ort,
    private readonly config: ModelConfig,
    state: HostState,
    private readonly open: (graph: OnnxGraph) => Promise<Ort.InferenceSession>,
  ) {
    const copy = (from: HostState): HostState => ({
      theta: from.theta.slice(),
      momentum: from.momentum.slice(),
      variance: from.variance.slice(),
    });
    this.#state = copy(state);
    this.#spare = copy(state);
  }

  async step(batch: Batch, learningRate: number, step: number) {
    const session = await this.#session('training', trainingGraph);
    const { Tensor } = this.ort;
    const vector = (data: Float32Array) => new Tensor('float32', data, [data.length]);
    const spare = this.#spare;
    const outputs = await session.run(
      {
        theta: vector(this.#state.theta),
        momentum: vector(this.#state.momentum),
        variance: vector(this.#state.variance),
        scalars: vector(stepScalars(learningRate, step, batch.targets.length)),
        ...this.#feeds(batch),
        targets: new Tensor('int32', batch.targets, inputShape(TARGETS, batch)),
      },
      {
        next_theta: vector(spare.theta),
        next_momentum: vector(spare.momentum),
        next_variance: vector(spare.variance),
        loss: null,
        gradient_norm: null,
        predictions: null,
      },
    );
    this.#spare = this.#state;
    this.#state = spare;
    return {
      loss: (outputs['loss'].data as Float32Array)[0],
      gradientNorm: (outputs['gradient_norm'].data as Float32Array)[0],
      predictions: outputs['predictions'].data as Int32Array,
    };
  }

  async logits(batch: Batch) {
    const session = await this.#session('evaluation', evaluationGraph);
    const { theta } = this.#state;
    const feeds = { theta: new this.ort.Tensor('float32', theta, [theta.length]) };
    const outputs = await session.run({ ...feeds, ...this.#feeds(batch) });
    return outputs['logits'].data as Float32Array;
  }

  async gradient(batch: Batch) {
    const session = await this.#session('gradient', gradientGraph);
    const { Tensor } = this.ort;
    const { theta } = this.#state;
    const outputs = await session.run({
      theta: new Tensor('float32', theta, [theta.length]),
      ...this.#feeds(batch),
      targets: new Tensor('int32', batch.targets, inputShape(TARGETS, batch)),
      loss_scale: new Tensor('float32', Float32Array.of(1 / batch.targets.length), []),
    });
    return {
      loss: (outputs['loss'].data as Float32Array)[0],
      gradient: outputs['gradient'].data as Float32Array,
    };
  }

  state(): Promise<HostState> {
    const { theta, momentum, variance } = this.#state;
    return Promise.resolve({
      theta: theta.slice(),
      momentum: momentum.slice(),
      variance: variance.slice(),
    });
  }

  async dispose() {
    for (const session of this.#sessions.values()) await (await session).release();
    this.#sessions.clear();
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
