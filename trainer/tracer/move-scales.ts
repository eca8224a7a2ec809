import { makeNode } from '../../onnx/build.ts';
import { indexGraph, type GraphIndex } from '../../onnx/graph.ts';
import type { OnnxGraph, OnnxNode } from '../../onnx/model.ts';
import { elementCount } from '../../onnx/tensor-data.ts';

/**
 * Moves multiplications by a constant from activations, whose size grows with the batch, to parameters,
 * which are many times smaller: (x W + b) * c = x (c W) + c b, and the same in the gradient of it. So
 * a model may be written as its paper writes it, and costs no pass over its activations.
 *
 * Only a multiplication that disappears from the activations altogether is moved.
 *
 * @param isStatic whether the shape of a value is the same for every batch
 * @param weights names of tensors that will be stored with the graph
 */
export function moveScales(
  graph: OnnxGraph,
  isStatic: (value: string) => boolean,
  weights: ReadonlySet<string>,
): OnnxGraph {
  const scalars = new Set(
    graph.initializers.filter(({ dims }) => elementCount(dims) === 1).map(({ name }) => name),
  );
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const scaled = new Map<string, string>();
  let index = indexGraph(graph, weights);
  for (const node of graph.nodes) {
    const scale = scaleOf(node, scalars);
    if (!scale || isStatic(scale.result) || outputs.has(scale.result)) continue;
    const rewriter = new Rewriter(index, isStatic, outputs, scaled, scale.factor);
    const nodes = rewriter.moveToSource(scale) ?? rewriter.moveToUses(scale);
    if (nodes) index = indexGraph({ ...graph, nodes }, weights);
  }
  return { ...graph, nodes: index.order };
}

interface Scale {
  readonly value: string;
  readonly factor: string;
  readonly result: string;
}

/** The parts of a multiplication by a constant number. */
function scaleOf({ opType, inputs, outputs }: OnnxNode, scalars: ReadonlySet<string>) {
  const [a, b] = inputs;
  const [result] = outputs;
  if (opType !== 'Mul' || a === undefined || b === undefined || result === undefined)
    return undefined;
  if (scalars.has(b)) return { value: a, factor: b, result };
  return scalars.has(a) ? { value: b, factor: a, result } : undefined;
}

/** Nodes that are added and replaced when a plan is carried out. */
type Plan = () => void;

/** Moves one multiplication, by `factor`. */
class Rewriter {
  readonly #replaced = new Map<OnnxNode, OnnxNode>();
  readonly #added: OnnxNode[] = [];

  constructor(
    private readonly index: GraphIndex,
    private readonly isStatic: (value: string) => boolean,
    private readonly outputs: ReadonlySet<string>,
    /** Scaled parameters by value and factor, for other multiplications by the same number. */
    private readonly scaled: Map<string, string>,
    private readonly factor: string,
  ) {}

  /** Scales what the value is made of. @returns undefined where that is not possible */
  moveToSource({ value, result }: Scale): readonly OnnxNode[] | undefined {
    const plan = this.#scaleSource(value, result);
    if (!plan) return undefined;
    const multiplication = this.index.producers.get(result);
    plan();
    return this.#nodes().filter((node) => node !== multiplication);
  }

  /** Scales what is made of the value. @returns undefined where that is not possible */
  moveToUses({ value, result }: Scale): readonly OnnxNode[] | undefined {
    const plan = this.#scaleUses(result, value);
    if (!plan) return undefined;
    plan();
    const multiplication = this.index.producers.get(result);
    return this.#nodes().filter((node) => node !== multiplication);
  }

  #nodes(): OnnxNode[] {
    return [...this.index.order.map((node) => this.#replaced.get(node) ?? node), ...this.#added];
  }

  /** Plans to make the scaled value under the name `result` instead of the value itself. */
  #scaleSource(value: string, result: string): Plan | undefined {
    const node = this.index.producers.get(value);
    const uses = this.index.consumers.get(value) ?? [];
    if (!node || uses.length > 1 || this.outputs.has(value)) return undefined;
    const scaledInput = (position: number): Plan | undefined => {
      const input = node.inputs[position] ?? '';
      if (this.isStatic(input)) {
        return () => {
          this.#replaceInput(node, position, this.#scaledParameter(input));
        };
      }
      const name = `${input}_${this.factor}`;
      const plan = this.#scaleSource(input, name);
      return (
        plan &&
        (() => {
          plan();
          this.#replaceInput(node, position, name);
        })
      );
    };
    const rename = (plan: Plan | undefined): Plan | undefined =>
      plan &&
      (() => {
        plan();
        this.#edit(node, ({ outputs }) => ({
          outputs: outputs.map((output) => (output === value ? result : output)),
        }));
      });
    if (isRearrangement(node)) return rename(scaledInput(0));
    if (isProduct(node)) return rename(scaledInput(1) ?? scaledInput(0));
    if (node.opType === 'Add') {
      const [a, b] = [scaledInput(0), scaledInput(1)];
      return (
        a &&
        b &&
        rename(() => {
          a();
          b();
        })
      );
    }
    return undefined;
  }

  /** Plans to give every node that uses the scaled value the unscaled one. */
  #scaleUses(scaledValue: string, value: string): Plan | undefined {
    if (this.outputs.has(scaledValue)) return undefined;
    const plans = (this.index.consumers.get(scaledValue) ?? []).map((node) =>
      this.#scaleUse(node, scaledValue, value),
    );
    if (!plans.every((plan) => plan !== undefined)) return undefined;
    return () => {
      for (const plan of plans) plan();
    };
  }

  #scaleUse(node: OnnxNode, scaledValue: string, value: string): Plan | undefined {
    const positions = node.inputs.flatMap((input, at) => (input === scaledValue ? [at] : []));
    const [position, another] = positions;
    const [result] = node.outputs;
    if (position === undefined || another !== undefined || result === undefined) return undefined;
    const takeUnscaled = () => {
      this.#replaceInput(node, position, value);
    };
    const isMap = isProduct(node) || (node.opType === 'ReduceSum' && position === 0);
    if (isMap && this.isStatic(result)) {
      return () => {
        takeUnscaled();
        const unscaled = `${result}_unscaled`;
        this.#edit(node, () => ({ outputs: [unscaled] }));
        this.#added.push(makeNode('Mul', [unscaled, this.factor], [result]));
      };
    }
    if (isProduct(node)) {
      const other = node.inputs[1 - position] ?? '';
      if (!this.isStatic(other)) return undefined;
      return () => {
        takeUnscaled();
        this.#replaceInput(node, 1 - position, this.#scaledParameter(other));
      };
    }
    if (isRearrangement(node) && position === 0) {
      const unscaled = `${result}_unscaled`;
      const plan = this.#scaleUses(result, unscaled);
      return (
        plan &&
        (() => {
          takeUnscaled();
          this.#edit(node, () => ({ outputs: [unscaled] }));
          plan();
        })
      );
    }
    return undefined;
  }

  #scaledParameter(value: string): string {
    const key = `${value} * ${this.factor}`;
    const known = this.scaled.get(key);
    if (known !== undefined) return known;
    const name = `${value}_${this.factor}`;
    this.#added.push(makeNode('Mul', [value, this.factor], [name]));
    this.scaled.set(key, name);
    return name;
  }

  #replaceInput(node: OnnxNode, position: number, name: string): void {
    this.#edit(node, ({ inputs }) => ({
      inputs: inputs.map((input, at) => (at === position ? name : input)),
    }));
  }

  #edit(node: OnnxNode, change: (node: OnnxNode) => Partial<OnnxNode>): void {
    const current = this.#replaced.get(node) ?? node;
    this.#replaced.set(node, { ...current, ...change(current) });
  }
}

/** x W: linear in each of its two inputs. */
const isProduct = ({ opType, inputs }: OnnxNode): boolean =>
  inputs.length === 2 && (opType === 'MatMul' || opType === 'Gemm');

/** Moves values without changing them. */
const isRearrangement = ({ opType }: OnnxNode): boolean =>
  opType === 'Reshape' || opType === 'Transpose' || opType === 'Identity';
