import { makeNode, makeTensor, makeValueInfo } from '../build.ts';
import { DATA_TYPE, type OnnxGraph, type OnnxModel, type OnnxNode } from '../model.ts';
import { TapError } from './errors.ts';
import {
  ANSWER_ROWS,
  HEAD_ROWS,
  headHook,
  patchIndices,
  patchValues,
  RESIDUAL_ROWS,
  residualHook,
  scoresHook,
} from './hooks.ts';
import type { TapPlan } from './plan.ts';

/** What to make reachable; what is left out adds no node. */
export interface TapSelection {
  /** Layers before which the residual stream is tapped; the number of layers means after the last. */
  readonly residuals?: 'all' | readonly number[];
  /** Layers whose heads' outputs are tapped. */
  readonly heads?: 'all' | readonly number[];
  /** Layers whose attention can be cut. */
  readonly scores?: 'all' | readonly number[];
  /**
   * Whether logits [R, 1, V] are computed of the tokens in `ANSWER_ROWS` only: with a large vocabulary, those of all
   * tokens would need more memory than the model. It needs a tap after the last layer.
   */
  readonly answersOnly?: boolean;
}

/** A graph with inputs and outputs for its activations (see `hooks.ts` for their names). */
export interface TappedModel {
  readonly model: OnnxModel;
  readonly layers: number;
  readonly width: number;
  /** Null where no layer's heads or scores are tapped. */
  readonly heads: { readonly count: number; readonly width: number } | null;
  /** Layers, in ascending order. */
  readonly tapped: {
    readonly residuals: readonly number[];
    readonly heads: readonly number[];
    readonly scores: readonly number[];
  };
}

/**
 * Adds patch inputs and read outputs to a model. With no indices fed, a patch changes nothing.
 *
 * @throws TapError where heads or scores are selected that cannot be reached
 * @throws RangeError for layers that the model does not have
 */
export function tapModel(plan: TapPlan, selection: TapSelection): TappedModel {
  const { layers, width, model } = plan;
  const tapped = {
    residuals: selectedLayers(selection.residuals, layers + 1),
    heads: selectedLayers(selection.heads, layers),
    scores: selectedLayers(selection.scores, layers),
  };
  const needsAttention = tapped.heads.length + tapped.scores.length > 0;
  if (needsAttention && plan.attention instanceof TapError) throw plan.attention;
  const sites = plan.attention instanceof TapError ? [] : plan.attention;
  const [first] = needsAttention ? sites : [];

  const surgery = new Surgery(plan);
  const { answersOnly = false } = selection;
  for (const layer of tapped.residuals) {
    const selects = answersOnly && layer === layers;
    surgery.tapRows(
      residualHook(layer, layers),
      plan.residuals[layer],
      width,
      RESIDUAL_ROWS,
      selects ? ANSWER_ROWS : undefined,
    );
  }
  for (const layer of tapped.heads) {
    const site = sites[layer];
    surgery.tapRows(headHook(layer), site?.z, site?.headWidth ?? 0, HEAD_ROWS);
  }
  for (const layer of tapped.scores) {
    surgery.patchScores(scoresHook(layer), sites[layer]?.scores);
  }
  return {
    model: { ...model, graph: surgery.finish(model.graph) },
    layers,
    width,
    heads: first ? { count: first.heads, width: first.headWidth } : null,
    tapped,
  };
}

function selectedLayers(selected: 'all' | readonly number[] | undefined, count: number): number[] {
  if (selected === 'all') return Array.from({ length: count }, (_, layer) => layer);
  const layers = [...new Set(selected)].sort((a, b) => a - b);
  const wrong = layers.find((layer) => !Number.isInteger(layer) || layer < 0 || layer >= count);
  if (wrong !== undefined) {
    throw new RangeError(`there is no layer ${wrong}; layers are 0 to ${count - 1}`);
  }
  return layers;
}

const { float32, int64 } = DATA_TYPE;

const KEPT_SHAPE = 'hook_answers.shape';

/** Collects what is added to a graph. */
class Surgery {
  /** Nodes to put behind the one that makes a tensor. */
  readonly #behind = new Map<string, OnnxNode[]>();
  readonly #inputs = new Map<string, OnnxGraph['inputs'][number]>();
  readonly #outputs: OnnxGraph['outputs'][number][] = [];
  readonly #initializers = new Map<string, OnnxGraph['initializers'][number]>();

  constructor(private readonly plan: TapPlan) {}

  /**
   * Patches and reads rows of the last axis.
   *
   * @param rowsInput the input that says which rows are put out
   * @param keptInput the input that says which rows go on through the graph, as rows of one token; by default all
   */
  tapRows(hook: string, tensor = '', width: number, rowsInput: string, keptInput?: string): void {
    const { type, dims } = this.#factsOf(tensor);
    const before = unpatched(tensor);
    const values = this.#addPatchInputs(hook, [1], [width], type);
    if (keptInput !== undefined && dims?.length !== 3) {
      throw new TapError(
        'stream-layout',
        `single tokens cannot be selected of the residual stream "${tensor}", which is not [rows, tokens, width]`,
      );
    }
    const isFlat = dims?.length === 2;
    const flat = isFlat ? before : `${hook}.flat`;
    const patched = isFlat ? tensor : `${hook}.patched`;
    const rows = type === float32 ? hook : `${hook}.rows`;
    this.#add(tensor, [
      ...(isFlat ? [] : [flatten(before, flat, (dims?.length ?? 1) - 1)]),
      ...values.nodes,
      makeNode('ScatterND', [flat, patchIndices(hook), values.name], [patched]),
      makeNode('Gather', [patched, rowsInput], [rows]),
      ...(type === float32 ? [] : [cast(rows, hook, float32)]),
      ...(isFlat
        ? []
        : keptInput === undefined
          ? [
              makeNode('Shape', [before], [`${hook}.shape`]),
              makeNode('Reshape', [patched, `${hook}.shape`], [tensor]),
            ]
          : [
              makeNode('Gather', [patched, keptInput], [`${hook}.kept`]),
              makeNode('Reshape', [`${hook}.kept`, KEPT_SHAPE], [tensor]),
            ]),
    ]);
    if (keptInput !== undefined) {
      const shape = makeTensor(KEPT_SHAPE, 'int64', [3], BigInt64Array.of(-1n, 1n, BigInt(width)));
      this.#initializers.set(KEPT_SHAPE, shape);
      this.#inputs.set(keptInput, makeValueInfo(keptInput, int64, [keptInput]));
    }
    this.#inputs.set(rowsInput, makeValueInfo(rowsInput, int64, [rowsInput]));
    this.#outputs.push(makeValueInfo(hook, float32, [rowsInput, width]));
  }

  /** Patches single attention scores. The runtime does it in place, so that unused it costs nothing. */
  patchScores(hook: string, tensor = ''): void {
    const { type } = this.#factsOf(tensor);
    const values = this.#addPatchInputs(hook, [4], [], type);
    const patched = [unpatched(tensor), patchIndices(hook), values.name];
    this.#add(tensor, [...values.nodes, makeNode('ScatterND', patched, [tensor])]);
  }

  /** The graph with all that was added. */
  finish(graph: OnnxGraph): OnnxGraph {
    const nodes = graph.nodes.flatMap((node) => {
      const added = node.outputs.flatMap((output) => this.#behind.get(output) ?? []);
      if (added.length === 0) return [node];
      // Users of the tensor get the patched one, as its name stays with that.
      const outputs = node.outputs.map((name) => (this.#behind.has(name) ? unpatched(name) : name));
      return [{ ...node, outputs }, ...added];
    });
    return {
      ...graph,
      nodes,
      inputs: [...graph.inputs, ...this.#inputs.values()],
      outputs: [...graph.outputs, ...this.#outputs],
      initializers: [...graph.initializers, ...this.#initializers.values()],
    };
  }

  #add(tensor: string, nodes: readonly OnnxNode[]): void {
    this.#behind.set(tensor, [...(this.#behind.get(tensor) ?? []), ...nodes]);
  }

  #factsOf(tensor: string) {
    const { type = float32, dims } = this.plan.inference.facts.get(tensor) ?? {};
    return { type, dims };
  }

  /** @returns the values in the type of the activation, and the nodes that make them so */
  #addPatchInputs(hook: string, index: readonly number[], value: readonly number[], type: number) {
    const count = `${hook}.patches`;
    const [indices, values] = [patchIndices(hook), patchValues(hook)];
    this.#inputs.set(indices, makeValueInfo(indices, int64, [count, ...index]));
    this.#inputs.set(values, makeValueInfo(values, float32, [count, ...value]));
    const converted = `${hook}.converted`;
    return type === float32
      ? { name: values, nodes: [] }
      : { name: converted, nodes: [cast(values, converted, type)] };
  }
}

const unpatched = (tensor: string) => `${tensor}.unpatched`;

const cast = (from: string, to: string, type: number) =>
  makeNode('Cast', [from], [to], { attributes: { to: type } });

const flatten = (from: string, to: string, axis: number) =>
  makeNode('Flatten', [from], [to], { attributes: { axis } });
