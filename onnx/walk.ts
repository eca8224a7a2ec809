import { subgraphsOf } from './attributes.ts';
import type { OnnxGraph, OnnxNode, OnnxTensor } from './model.ts';

/** Every node of a graph and of the graphs inside its nodes. */
export function* allNodes(graph: OnnxGraph): Generator<OnnxNode> {
  for (const node of graph.nodes) {
    yield node;
    for (const inner of subgraphsOf(node)) yield* allNodes(inner);
  }
}

/** Every constant, wherever in the graph it is. */
export function* allTensors(graph: OnnxGraph): Generator<OnnxTensor> {
  yield* graph.initializers;
  for (const { values, indices } of graph.sparseInitializers) {
    if (values) yield values;
    if (indices) yield indices;
  }
  for (const node of graph.nodes) {
    for (const { tensor, tensors, sparseTensor, sparseTensors } of node.attributes) {
      if (tensor) yield tensor;
      yield* tensors;
      for (const sparse of sparseTensor ? [sparseTensor, ...sparseTensors] : sparseTensors) {
        if (sparse.values) yield sparse.values;
        if (sparse.indices) yield sparse.indices;
      }
    }
    for (const inner of subgraphsOf(node)) yield* allTensors(inner);
  }
}
