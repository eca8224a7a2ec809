import type { InferenceSession } from 'onnxruntime-common';
import { nodeRuntime, type NodeRuntime } from '../../node/onnx-runtime.ts';
import type { HostState } from '../engines/engine.ts';
import { sizeOf, type ParameterSpec } from '../model/index.ts';
import { adamW, STEP_SCALARS, stepScalars, valueAndGradient } from '../step.ts';
import { trace } from '../tracer/backend.ts';
import { encodeModel } from '../tracer/onnx.ts';
import { CONVNET_SPECS } from './convnet.ts';
import type { Objective } from './objectives.ts';

/** The encoder's parameters, followed by those of the objective's head. */
export const parametersOf = ({ head }: Objective): ParameterSpec[] => [...CONVNET_SPECS, ...head];

/** Trains an encoder: its training step is one traced graph that ONNX Runtime runs. */
export class EncoderTraining {
  private constructor(
    private readonly objective: Objective,
    private readonly runtime: NodeRuntime,
    private readonly session: InferenceSession,
  ) {}

  static async open(objective: Objective): Promise<EncoderTraining> {
    const runtime = await nodeRuntime();
    const session = await runtime.InferenceSession.create(trainingGraph(objective));
    return new EncoderTraining(objective, runtime, session);
  }

  /**
   * @param batch values of the objective's inputs
   * @param step counted from 1
   */
  async step(
    state: HostState,
    batch: ReturnType<Objective['batch']>,
    learningRate: number,
    step: number,
  ): Promise<{ state: HostState; loss: number }> {
    const { Tensor } = this.runtime;
    const vector = (data: Float32Array) => new Tensor('float32', data, [data.length]);
    const inputs = mapValues(this.objective.inputs, ([type, shape], name) => {
      const data = batch[name];
      if (!data) throw new Error(`the batch has no values for the input ${name}`);
      return new Tensor(type, data, shape);
    });
    const outputs = await this.session.run({
      theta: vector(state.theta),
      momentum: vector(state.momentum),
      variance: vector(state.variance),
      scalars: vector(stepScalars(learningRate, step, 1)),
      ...inputs,
    });
    const values = (name: string): Float32Array => {
      const data = outputs[name]?.data;
      if (!(data instanceof Float32Array)) throw new Error(`the graph has no float output ${name}`);
      return data;
    };
    const [loss = NaN] = values('loss');
    if (!Number.isFinite(loss)) throw new Error(`training diverged at step ${step}`);
    const next = {
      theta: values('next_theta'),
      momentum: values('next_momentum'),
      variance: values('next_variance'),
    };
    return { state: next, loss };
  }

  release(): Promise<void> {
    return this.session.release();
  }
}

/** State, batch, scalars -> next state, loss. */
function trainingGraph(objective: Objective): Uint8Array {
  const specs = parametersOf(objective);
  const size = specs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const graph = trace('encoder-training', (tracing) => {
    const vector = (name: string) => tracing.input(name, 'float32', [size]);
    const state = {
      theta: vector('theta'),
      momentum: vector('momentum'),
      variance: vector('variance'),
    };
    const inputs = mapValues(objective.inputs, ([type, shape], name) =>
      tracing.input(name, type, shape),
    );
    const scalars = tracing.input('scalars', 'float32', [STEP_SCALARS.length]);
    const { value, gradient } = valueAndGradient(specs, state.theta, (parameters) =>
      objective.loss(parameters, inputs),
    );
    const next = adamW(specs, state, gradient, scalars);
    tracing.output('next_theta', next.theta);
    tracing.output('next_momentum', next.momentum);
    tracing.output('next_variance', next.variance);
    tracing.output('loss', value);
  });
  return encodeModel(graph);
}

function mapValues<A, B>(
  record: Readonly<Record<string, A>>,
  map: (value: A, key: string) => B,
): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}
