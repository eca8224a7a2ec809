import { subgraphsOf } from './attributes.ts';
import { OnnxError } from './errors.ts';
import { dependenciesOf, describeNode } from './graph.ts';
import type { OnnxGraph, OnnxModel, OnnxNode, OnnxTensor } from './model.ts';
import { inferShapes, type Inference, type InputDims, type Step } from './shapes/infer.ts';
import { isKnown, MAX_RANK, type Dims, type TensorFacts } from './shapes/facts.ts';
import { elementCount, tensorBytes, tensorFault } from './tensor-data.ts';

/**
 * Bounds what a model costs, by reading its graph only. ONNX Runtime computes all that is constant when
 * a session opens, so a file of 2 MB can take gigabytes and minutes before anything is asked of it.
 */

/** What fits an isolate of 128 MB that answers within seconds. */
export const GRAPH_LIMITS = {
  fileBytes: 16 * 2 ** 20,
  nodes: 6000,
  /** Graphs inside nodes inside graphs. */
  subgraphDepth: 2,
  /** One tensor. */
  tensorBytes: 64 * 2 ** 20,
  /** All constants together: those in the file, and those that are computed from them. */
  constantBytes: 96 * 2 ** 20,
  /** Multiply-adds of computing them. */
  constantWork: 5e8,
  /** What is held at the same time in one run, without constants. */
  runBytes: 96 * 2 ** 20,
  /** Multiply-adds of one run. */
  runWork: 20e9,
} as const;

export type GraphLimits = Readonly<Record<keyof typeof GRAPH_LIMITS, number>>;

export interface GraphFault {
  /** The limit that is exceeded; `unbounded` where it cannot be known, `malformed` where nothing can run. */
  readonly limit: keyof GraphLimits | 'unbounded' | 'malformed';
  /** Name and operator of the node, or name of the constant; null where it is the whole file. */
  readonly where: string | null;
  readonly message: string;
}

/** Costs as far as they are known. */
export interface GraphBounds {
  readonly faults: readonly GraphFault[];
  readonly nodes: number;
  readonly constantBytes: number;
  readonly constantWork: number;
  readonly runBytes: number;
  readonly runWork: number;
}

/**
 * What is too much in the file itself, in time that grows with its length only; the rest is worth
 * computing where this finds nothing.
 *
 * @param fileBytes size of the file, or of all files where weights are in others
 */
export function checkSize(
  model: OnnxModel,
  fileBytes: number,
  limits: GraphLimits = GRAPH_LIMITS,
): readonly GraphFault[] {
  return sizeMeter(model, fileBytes, limits).faults;
}

/**
 * Everything that is too much, and what opening and running the model costs.
 *
 * @param inputDims the shapes of the largest batch that the model is to be run with
 */
export function boundModel(
  model: OnnxModel,
  fileBytes: number,
  inputDims: InputDims,
  limits: GraphLimits = GRAPH_LIMITS,
): GraphBounds {
  const meter = sizeMeter(model, fileBytes, limits);
  let run: RunCost = { bytes: 0, work: 0 };
  try {
    if (meter.faults.length === 0) run = meter.countInference(inferShapes(model, inputDims));
  } catch (error) {
    if (!(error instanceof OnnxError)) throw error;
    meter.fault('malformed', null, `cannot run: ${error.message}`);
  }
  const { faults, nodes, constantBytes, constantWork } = meter;
  return { faults, nodes, constantBytes, constantWork, runBytes: run.bytes, runWork: run.work };
}

function sizeMeter(model: OnnxModel, fileBytes: number, limits: GraphLimits): Meter {
  const meter = new Meter(limits);
  meter.check('fileBytes', null, fileBytes);
  if (model.functions.length > 0) meter.fault('unbounded', null, 'has functions of its own');
  meter.countGraph(model.graph, 0);
  return meter;
}

interface RunCost {
  readonly bytes: number;
  readonly work: number;
}

/** What a fault is at; null is the whole file. */
type Place = OnnxNode | string | null;

class Meter {
  readonly faults: GraphFault[] = [];
  nodes = 0;
  constantBytes = 0;
  constantWork = 0;

  constructor(private readonly limits: GraphLimits) {}

  /** One fault a limit: what comes after the first is its consequence, or as good as it. */
  fault(limit: GraphFault['limit'], where: Place, detail: string): void {
    if (this.faults.some((fault) => fault.limit === limit)) return;
    const named = where !== null && typeof where !== 'string' ? describeNode(where) : where;
    this.faults.push({ limit, where: named, message: `${named ?? 'the file'} ${detail}` });
  }

  check(limit: keyof GraphLimits, where: Place, amount: number): void {
    const most = this.limits[limit];
    if (amount > most) this.fault(limit, where, DETAILS[limit](amount, most));
  }

  /** Counts nodes and depth, and checks the constants that are in the file. */
  countGraph(graph: OnnxGraph, depth: number): void {
    this.check('subgraphDepth', null, depth);
    this.nodes += graph.nodes.length;
    this.check('nodes', null, this.nodes);
    if (this.faults.length > 0) return;
    if (graph.sparseInitializers.length > 0) {
      this.fault('unbounded', null, 'has sparse constants');
    }
    for (const tensor of graph.initializers) {
      this.#checkConstant(`the constant "${tensor.name}"`, tensor);
      this.#addConstant(`the constant "${tensor.name}"`, bytesOf(tensor.dataType, tensor.dims));
    }
    for (const node of graph.nodes) {
      for (const { tensor, tensors, sparseTensor, sparseTensors } of node.attributes) {
        for (const one of tensor ? [tensor, ...tensors] : tensors) {
          this.#checkConstant(node, one);
        }
        if (sparseTensor || sparseTensors.length > 0) {
          this.fault('unbounded', node, 'has a sparse constant');
        }
      }
      for (const inner of subgraphsOf(node)) this.countGraph(inner, depth + 1);
    }
  }

  #checkConstant(where: Place, tensor: OnnxTensor): void {
    const axes = tensor.dims.length;
    const detail = axes > MAX_RANK ? `has ${axes} axes` : tensorFault(tensor);
    if (detail !== undefined) this.fault('malformed', where, detail);
  }

  #addConstant(where: Place, bytes: number): void {
    this.check('tensorBytes', where, bytes);
    this.constantBytes += bytes;
    this.check('constantBytes', where, this.constantBytes);
  }

  /** @returns what one run costs, without what is constant */
  countInference({ index, steps, facts, graph }: Inference): RunCost {
    const usesLeft = new Map(
      [...facts.keys()].map((name) => [name, index.consumers.get(name)?.length ?? 0]),
    );
    const inputs = [...facts.keys()].filter((name) => !index.producers.has(name));
    for (const name of inputs) {
      if (!isKnown(facts.get(name)?.dims)) {
        this.fault('unbounded', `the input "${name}"`, 'has a size that is not known');
      }
    }
    const kept = new Set(graph.outputs.map(({ name }) => name));
    let held = inputs.reduce((sum, name) => sum + runBytes(facts.get(name)), 0);
    let most = held;
    this.check('runBytes', 'the largest batch', held);
    let work = 0;
    for (const step of steps) {
      const where = step.node;
      if (step.problem !== undefined) this.fault('unbounded', where, step.problem);
      const inside = this.#countBranches(step);
      const made = step.outputs.map(({ type, dims }) => bytesOf(type, dims));
      for (const bytes of made) {
        if (step.constant) this.#addConstant(where, bytes);
        else this.check('tensorBytes', where, bytes);
      }
      if (step.constant) {
        this.constantWork += (step.work ?? 0) + inside.work;
        this.check('constantWork', where, this.constantWork);
      } else {
        work += (step.work ?? 0) + inside.work;
        this.check('runWork', where, work);
        held += made.reduce((sum, bytes) => sum + bytes, 0);
      }
      most = Math.max(most, held + inside.bytes + step.scratchBytes);
      this.check('runBytes', where, most);
      for (const name of dependenciesOf(step.node)) {
        const left = (usesLeft.get(name) ?? 0) - 1;
        usesLeft.set(name, left);
        if (left === 0 && !kept.has(name)) held -= runBytes(facts.get(name));
      }
    }
    return { bytes: most, work };
  }

  /** Of several branches one runs. */
  #countBranches({ branches }: Step): RunCost {
    const costs = branches.map((branch) => this.countInference(branch));
    const most = (key: keyof RunCost) => Math.max(0, ...costs.map((cost) => cost[key]));
    return { bytes: most('bytes'), work: most('work') };
  }
}

/** How a message says that a limit is exceeded. */
const DETAILS: Readonly<Record<keyof GraphLimits, (amount: number, most: number) => string>> = {
  fileBytes: (amount, most) => `has ${amount} bytes; up to ${most} are allowed`,
  nodes: (amount, most) => `has ${amount} nodes; up to ${most} are allowed`,
  subgraphDepth: (_, most) => `has graphs more than ${most} deep inside nodes`,
  tensorBytes: (amount, most) => `makes a tensor of ${amount} bytes; up to ${most} are allowed`,
  constantBytes: (amount, most) =>
    `brings what is constant to ${amount} bytes; up to ${most} are allowed`,
  constantWork: (amount, most) =>
    `brings the work on constants to ${amount} multiply-adds; up to ${most} are allowed`,
  runBytes: (amount, most) =>
    `brings what a run holds to ${amount} bytes; up to ${most} are allowed`,
  runWork: (amount, most) =>
    `brings the work of a run to ${amount} multiply-adds; up to ${most} are allowed`,
};

/** 0 where it is unknown, which is a fault of its own. */
function bytesOf(type: number | undefined, dims: Dims | undefined): number {
  if (!isKnown(dims)) return 0;
  // As wide as any element, strings included, where the type has no width.
  return (type === undefined ? undefined : tensorBytes(type, dims)) ?? 32 * elementCount(dims);
}

const runBytes = (tensor: TensorFacts | undefined): number =>
  tensor && !tensor.constant ? bytesOf(tensor.type, tensor.dims) : 0;
