import { dependenciesOf, type GraphIndex } from '../graph.ts';
import type { OnnxNode } from '../model.ts';
import { operatorOf } from '../shapes/infer.ts';
import { TapError } from './errors.ts';

/** Finds the residual stream in a decoder's graph, without names and whatever its norms are made of. */

export interface ResidualLayer {
  /** The tensor that all information passes through before the layer. */
  readonly stream: string;
  /** The layer's Softmax, or a kernel that has it inside. */
  readonly attention: readonly OnnxNode[];
}

export interface ResidualStream {
  readonly layers: readonly ResidualLayer[];
  /** The stream after the last layer. */
  readonly final: string;
}

/** Their outputs depend on sizes only. */
const SIZES_ONLY: ReadonlySet<string> = new Set(['Shape', 'Size', 'ConstantOfShape']);

/**
 * Follows the tokens from their embedding to the logits. A tensor of which no path leads past is one
 * that all information passes; a layer begins at the last such tensor before its attention. After the
 * last attention, the stream ends at the last such tensor that adds two parts of the path: what comes
 * after it is the final norm and the unembedding.
 *
 * @param isAttention whether a node is where tokens attend to one another
 * @throws TapError where there is no such stream
 */
export function findResidualStream(
  index: GraphIndex,
  embedding: string,
  logits: string,
  isAttention: (node: OnnxNode) => boolean,
): ResidualStream {
  const path = pathNodes(index, embedding, logits);
  const order = index.order.filter((node) => path.has(node));
  const passages = findPassages(index, embedding, order);

  const layers = passages.flatMap(({ tensor, at }, number): ResidualLayer[] => {
    const end = passages[number + 1]?.at ?? order.length - 1;
    const attention = order.slice(at + 1, end + 1).filter(isAttention);
    return attention.length > 0 ? [{ stream: tensor, attention }] : [];
  });
  const last = layers.at(-1);
  if (!last) {
    throw new TapError(
      'no-residual-stream',
      'between the embedding of tokens and the logits there is no attention that a tensor leads to',
    );
  }
  const lastLayer = passages.findIndex(({ tensor }) => tensor === last.stream);
  const final = passages.slice(lastLayer + 1).findLast(({ joins }) => joins);
  if (!final) {
    throw new TapError('no-residual-stream', 'nothing adds the last layer to the residual stream');
  }
  return { layers, final: final.tensor };
}

/** Nodes on a way from the embedding to the logits along which values, not only sizes, are passed on. */
function pathNodes({ producers, consumers }: GraphIndex, embedding: string, logits: string) {
  const reached = new Set<OnnxNode>();
  const ahead = [...(consumers.get(embedding) ?? [])];
  for (let node = ahead.pop(); node; node = ahead.pop()) {
    if (reached.has(node) || SIZES_ONLY.has(operatorOf(node))) continue;
    reached.add(node);
    for (const output of node.outputs) ahead.push(...(consumers.get(output) ?? []));
  }
  const path = new Set<OnnxNode>();
  const back = [logits];
  for (let name = back.pop(); name !== undefined; name = back.pop()) {
    const node = producers.get(name);
    if (!node || path.has(node) || !reached.has(node)) continue;
    path.add(node);
    back.push(...dependenciesOf(node));
  }
  return path;
}

/** A tensor that all information passes. */
interface Passage {
  readonly tensor: string;
  /** Which node of the path makes it; -1 is the embedding. */
  readonly at: number;
  /** Whether it is the sum of two parts of the path. */
  readonly joins: boolean;
}

function findPassages(
  { producers, consumers }: GraphIndex,
  embedding: string,
  order: readonly OnnxNode[],
): Passage[] {
  const place = new Map(order.map((node, at) => [node, at]));
  /** The last node of the path that uses a tensor; -1 where none does. */
  const lastUse = (tensor: string) =>
    (consumers.get(tensor) ?? []).reduce((last, node) => Math.max(last, place.get(node) ?? -1), -1);
  const isOnPath = (tensor: string) => {
    const node = producers.get(tensor);
    return tensor === embedding || (node !== undefined && place.has(node));
  };

  const passages: Passage[] = [{ tensor: embedding, at: -1, joins: false }];
  let furthest = lastUse(embedding);
  order.forEach((node, at) => {
    const outputs = node.outputs.filter((output) => lastUse(output) >= 0);
    const [tensor] = outputs;
    // No earlier tensor is used behind this node.
    if (tensor !== undefined && outputs.length === 1 && furthest <= at) {
      const isSum = node.opType === 'Add' || node.opType === 'Sum';
      const joins = isSum && node.inputs.filter(isOnPath).length > 1;
      passages.push({ tensor, at, joins });
    }
    furthest = Math.max(furthest, ...outputs.map(lastUse));
  });
  return passages;
}
