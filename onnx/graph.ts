import { subgraphsOf } from './attributes.ts';
import { OnnxError } from './errors.ts';
import type { OnnxGraph, OnnxNode } from './model.ts';

/** Who makes and who uses each tensor of a graph, and an order in which its nodes can run. */
export interface GraphIndex {
  /** Every node after those that it depends on; as in the file where that is one such order. */
  readonly order: readonly OnnxNode[];
  /** The node that makes a tensor; inputs and initializers have none. */
  readonly producers: ReadonlyMap<string, OnnxNode>;
  /** The nodes that use a tensor, also from within their subgraphs. */
  readonly consumers: ReadonlyMap<string, readonly OnnxNode[]>;
}

/**
 * @param outerNames tensors of the graphs around it
 * @throws OnnxError where a tensor is made twice or not at all, or nodes depend on one another
 */
export function indexGraph(
  graph: OnnxGraph,
  outerNames: Pick<ReadonlySet<string>, 'has'> = new Set(),
): GraphIndex {
  const producers = new Map<string, OnnxNode>();
  const own = new Set(givenNames(graph));
  const isGiven = (name: string) => own.has(name) || outerNames.has(name);
  for (const node of graph.nodes) {
    for (const output of node.outputs) {
      if (output === '') continue;
      if (isGiven(output) || producers.has(output)) {
        throw new OnnxError(`the tensor "${output}" is made twice`);
      }
      producers.set(output, node);
    }
  }
  const consumers = new Map<string, OnnxNode[]>();
  const missing = new Map<OnnxNode, number>();
  for (const node of graph.nodes) {
    const dependencies = dependenciesOf(node);
    missing.set(node, dependencies.filter((name) => producers.has(name)).length);
    for (const input of dependencies) {
      if (!isGiven(input) && !producers.has(input)) {
        throw new OnnxError(`${describeNode(node)} uses "${input}", which nothing makes`);
      }
      const users = consumers.get(input);
      if (users) users.push(node);
      else consumers.set(input, [node]);
    }
  }
  for (const { name } of graph.outputs) {
    if (!isGiven(name) && !producers.has(name)) {
      throw new OnnxError(`nothing makes the output "${name}"`);
    }
  }
  return { order: sortNodes(graph.nodes, missing, consumers), producers, consumers };
}

/** How messages call a node: its operator, and its name or that of what it makes. */
export function describeNode({ opType, domain, name, outputs }: OnnxNode): string {
  const operator = domain === '' ? opType : `${domain}.${opType}`;
  return `${operator} "${name === '' ? (outputs[0] ?? '') : name}"`;
}

/** Names of tensors that a graph has without running a node. */
export const givenNames = ({ inputs, initializers, sparseInitializers }: OnnxGraph): string[] => [
  ...new Set([
    ...inputs.map(({ name }) => name),
    ...initializers.map(({ name }) => name),
    ...sparseInitializers.map(({ values }) => values?.name ?? ''),
  ]),
];

/** Every tensor that a node needs, each once: its inputs, and what its subgraphs take from around them. */
export function dependenciesOf(node: OnnxNode): string[] {
  const names = new Set(node.inputs.filter((name) => name !== ''));
  for (const graph of subgraphsOf(node)) {
    const inner = new Set([...givenNames(graph), ...graph.nodes.flatMap(({ outputs }) => outputs)]);
    const used = [...graph.nodes.flatMap(dependenciesOf), ...graph.outputs.map(({ name }) => name)];
    for (const name of used) if (!inner.has(name)) names.add(name);
  }
  return [...names];
}

/**
 * Kahn's algorithm.
 *
 * @param missing how many tensors of other nodes each node waits for
 */
function sortNodes(
  nodes: readonly OnnxNode[],
  missing: Map<OnnxNode, number>,
  consumers: ReadonlyMap<string, readonly OnnxNode[]>,
): OnnxNode[] {
  const order: OnnxNode[] = [];
  const visit = (first: OnnxNode) => {
    const ready = [first];
    for (let node = ready.pop(); node; node = ready.pop()) {
      order.push(node);
      missing.delete(node);
      for (const user of node.outputs.flatMap((output) => consumers.get(output) ?? [])) {
        const left = (missing.get(user) ?? 0) - 1;
        missing.set(user, left);
        if (left === 0 && started.has(user)) ready.push(user);
      }
    }
  };
  // Nodes that the file has in order are visited in its order; others once their inputs are there.
  const started = new Set<OnnxNode>();
  for (const node of nodes) {
    started.add(node);
    if (missing.get(node) === 0) visit(node);
  }
  if (order.length < nodes.length) {
    const [stuck] = [...missing.keys()];
    throw new OnnxError(`${stuck ? describeNode(stuck) : 'a node'} depends on its own output`);
  }
  return order;
}
