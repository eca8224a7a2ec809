import { attributeOf } from '../attributes.ts';
import { OnnxError } from '../errors.ts';
import { dependenciesOf, givenNames, indexGraph, type GraphIndex } from '../graph.ts';
import type { OnnxGraph, OnnxModel, OnnxNode, OnnxValueInfo } from '../model.ts';
import { smallValues } from '../tensor-data.ts';
import { CONTRACTIONS } from './contractions.ts';
import { ELEMENTWISE } from './elementwise.ts';
import {
  countOf,
  MAX_RANK,
  mostValues,
  UNKNOWN,
  type Dims,
  type Output,
  type Result,
  type Rule,
  type TensorFacts,
} from './facts.ts';
import { GENERATORS } from './generators.ts';
import { LAYERS } from './layers.ts';
import { RESHAPES } from './reshapes.ts';
import { SELECTION } from './selection.ts';

/** Follows shapes, types and small values through a graph. */

/** By operator, with its domain in front of it where it is not ONNX's own. */
const RULES: ReadonlyMap<string, Rule> = new Map(
  Object.entries({
    ...ELEMENTWISE,
    ...GENERATORS,
    ...RESHAPES,
    ...SELECTION,
    ...CONTRACTIONS,
    ...LAYERS,
  }),
);

/** The operators whose outputs have a size that can be computed here. */
export const KNOWN_OPERATORS: ReadonlySet<string> = new Set([...RULES.keys(), 'If']);

export const operatorOf = ({ domain, opType }: OnnxNode): string =>
  domain === '' || domain === 'ai.onnx' ? opType : `${domain}.${opType}`;

/** A node, and what running it means. */
export interface Step {
  readonly node: OnnxNode;
  /** Needs no input of the graph: ONNX Runtime runs it when a session opens. */
  readonly constant: boolean;
  readonly outputs: readonly TensorFacts[];
  /** Multiply-adds; undefined where sizes are unknown. */
  readonly work: number | undefined;
  /** Bytes that only the kernel holds, while it runs. */
  readonly scratchBytes: number;
  /** Why its outputs are unknown though its inputs are known. */
  readonly problem?: string;
  /** The graphs inside it, of which one runs. */
  readonly branches: readonly Inference[];
}

export interface Inference {
  readonly graph: OnnxGraph;
  readonly index: GraphIndex;
  /** The graph's own tensors, by name. */
  readonly facts: ReadonlyMap<string, TensorFacts>;
  /** What the graph puts out. */
  readonly outputs: readonly TensorFacts[];
  /** In the order in which the nodes can run. */
  readonly steps: readonly Step[];
}

/** The shapes of inputs, by name. An input that is not in it has what the graph declares. */
export type InputDims = Readonly<Record<string, readonly number[]>>;

/** Most values that are followed in a whole model. */
const MAX_VALUES_IN_ALL = 2 ** 14;

/**
 * @param inputDims where sizes are free, the sizes to assume
 * @throws OnnxError where the graph is malformed (see `indexGraph`)
 */
export function inferShapes(model: OnnxModel, inputDims: InputDims = {}): Inference {
  const opset = opsetOf(model);
  return new Inferrer(opset).infer(model.graph, undefined, inputDims);
}

/** Version of ONNX's own operators that a model uses. */
export const opsetOf = ({ opsetImports }: OnnxModel): number =>
  opsetImports.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 1;

/** The tensors that a graph can use: its own, and those of the graphs around it. */
class Scope {
  readonly own = new Map<string, TensorFacts>();

  constructor(private readonly outer: Scope | undefined) {}

  get(name: string): TensorFacts | undefined {
    return this.own.get(name) ?? this.outer?.get(name);
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }
}

class Inferrer {
  #values = 0;

  constructor(private readonly opset: number) {}

  infer(graph: OnnxGraph, outer: Scope | undefined, inputDims: InputDims): Inference {
    const index = indexGraph(graph, outer);
    const scope = new Scope(outer);
    const facts = scope.own;
    for (const input of graph.inputs) {
      facts.set(input.name, this.#budgeted(declared(input, inputDims), false));
    }
    for (const tensor of graph.initializers) {
      const { dims, dataType: type } = tensor;
      const values = smallValues(tensor, mostValues(type));
      facts.set(tensor.name, this.#budgeted({ type, dims, ...(values && { values }) }, true));
    }
    for (const name of givenNames(graph)) {
      if (!facts.has(name)) facts.set(name, { ...UNKNOWN, constant: true });
    }
    const steps = index.order.map((node) => {
      const step = this.#step(node, scope);
      node.outputs.forEach((name, at) => {
        facts.set(name, step.outputs[at] ?? { ...UNKNOWN, constant: step.constant });
      });
      return step;
    });
    const outputs = graph.outputs.map(
      ({ name }) => scope.get(name) ?? { ...UNKNOWN, constant: false },
    );
    return { graph, index, facts, outputs, steps };
  }

  #step(node: OnnxNode, scope: Scope): Step {
    const dependencies = dependenciesOf(node).map((name) => scope.get(name));
    const constant = dependencies.every((known) => known?.constant);
    const finish = (
      { outputs, work, scratchBytes = 0 }: Result,
      rest: Partial<Step> = {},
    ): Step => {
      const completed = outputs.map((output) => this.#budgeted(output, constant));
      return { node, constant, outputs: completed, work, scratchBytes, branches: [], ...rest };
    };
    const unknown = { outputs: node.outputs.map(() => UNKNOWN) };
    const operator = operatorOf(node);
    if (operator === 'If') return this.#if(node, scope, finish);
    const rule = RULES.get(operator);
    if (!rule) return finish(unknown, { problem: 'is of an operator whose work is not known' });
    const inputs = node.inputs.map((name) => (name === '' ? undefined : this.#read(scope, name)));
    try {
      const computed = rule({ node, inputs, opset: this.opset });
      const work = computed.work ?? elementsOf([...inputs, ...computed.outputs]);
      const known = inputs.every((input) => !input || countOf(input.dims) !== undefined);
      const sized = computed.outputs.every(({ dims }) => countOf(dims) !== undefined);
      const problem = known && !sized && { problem: 'makes a tensor whose size depends on values' };
      return finish({ ...computed, ...(work !== undefined && { work }) }, problem || {});
    } catch (error) {
      if (!(error instanceof OnnxError)) throw error;
      return finish(unknown, { problem: `cannot run: ${error.message}` });
    }
  }

  #if(node: OnnxNode, scope: Scope, finish: (result: Result, rest: Partial<Step>) => Step): Step {
    const branches = ['then_branch', 'else_branch'].flatMap((name) => {
      const graph = attributeOf(node, name)?.graph;
      return graph ? [this.infer(graph, scope, {})] : [];
    });
    const outputs = node.outputs.map((_, at) => {
      const [first = UNKNOWN, ...others] = branches.map(({ outputs }) => outputs[at] ?? UNKNOWN);
      return others.reduce<Output>(commonFacts, first);
    });
    const sized = outputs.every(({ dims }) => countOf(dims) !== undefined);
    const problem = !sized && { problem: 'makes a tensor whose size depends on which branch runs' };
    return finish({ outputs, work: 0 }, { branches, ...problem });
  }

  /** Many axes are no axes: what rules cost grows with them. */
  #budgeted({ type, dims, values }: Output, constant: boolean): TensorFacts {
    this.#values += values?.length ?? 0;
    const known = dims && dims.length <= MAX_RANK ? dims : undefined;
    return { type, dims: known, constant, ...(values && { values }) };
  }

  /** Stops to follow values when there are many, whatever the graph. */
  #read(scope: Scope, name: string): TensorFacts | undefined {
    const facts = scope.get(name);
    if (!facts?.values || this.#values <= MAX_VALUES_IN_ALL) return facts;
    const { type, dims, constant } = facts;
    return { type, dims, constant };
  }
}

/** What is true of both. */
function commonFacts(a: Output, b: Output): Output {
  const isSame = a.dims?.length === b.dims?.length;
  return {
    type: a.type === b.type ? a.type : undefined,
    dims: isSame
      ? a.dims?.map((size, axis) => (size === b.dims?.[axis] ? size : undefined))
      : undefined,
  };
}

function declared({ name, type }: OnnxValueInfo, inputDims: InputDims): Output {
  const sizes = type?.tensor?.shape?.dims.map(({ size }) =>
    size !== undefined && size >= 0 ? size : undefined,
  );
  const dims: Dims | undefined = Object.hasOwn(inputDims, name) ? inputDims[name] : sizes;
  return { type: type?.tensor?.elementType, dims };
}

const elementsOf = (tensors: readonly ({ readonly dims: Dims | undefined } | undefined)[]) =>
  tensors.reduce<number | undefined>((sum, tensor) => {
    const count = tensor ? countOf(tensor.dims) : 0;
    return sum === undefined || count === undefined ? undefined : sum + count;
  }, 0);
