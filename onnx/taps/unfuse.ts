import { attributeOf } from '../attributes.ts';
import { makeNode } from '../build.ts';
import type { OnnxGraph, OnnxNode } from '../model.ts';
import { operatorOf } from '../shapes/infer.ts';

/** Normalisations that add two tensors first, with the one that they are without the sum. */
const SKIP_NORMS: ReadonlyMap<string, string> = new Map([
  ['com.microsoft.SkipLayerNormalization', 'LayerNormalization'],
  ['com.microsoft.SkipSimplifiedLayerNormalization', 'SimplifiedLayerNormalization'],
]);

/**
 * Splits fused normalisations into Add and normalisation: a sum inside a kernel cannot be patched.
 * The order of additions is the kernel's.
 */
export function unfuseSkipNorms(graph: OnnxGraph): OnnxGraph {
  const used = new Set(graph.nodes.flatMap(({ inputs }) => inputs).filter((name) => name !== ''));
  const nodes = graph.nodes.flatMap((node) => {
    const plain = SKIP_NORMS.get(operatorOf(node));
    // The plain norm does not put out statistics of the fused one's type.
    const needsStatistics = node.outputs.slice(1, 3).some((name) => used.has(name));
    return plain && !needsStatistics ? split(node, plain) : [node];
  });
  return { ...graph, nodes };
}

/**
 * SkipLayerNormalization has inputs x, skip, gain, beta, bias; the simplified one has no beta. Both put
 * out the normalised tensor, two statistics, and the sum.
 */
function split(node: OnnxNode, plain: string): OnnxNode[] {
  const [x = '', skip = '', gain = ''] = node.inputs;
  const hasBeta = plain === 'LayerNormalization';
  const beta = hasBeta ? (node.inputs[3] ?? '') : '';
  const bias = node.inputs[hasBeta ? 4 : 3] ?? '';
  const [output = '', , , sumOutput = ''] = node.outputs;
  const sum = sumOutput === '' ? `${output}.sum` : sumOutput;
  const pair = bias === '' ? sum : `${sum}.without_bias`;
  const nameOf = (part: string) => (node.name === '' ? '' : `${node.name}.${part}`);
  const epsilon = attributeOf(node, 'epsilon');
  const norm = makeNode(plain, [sum, gain, ...(beta === '' ? [] : [beta])], [output], {
    name: node.name,
    attributes: { axis: -1 },
  });
  return [
    makeNode('Add', [x, skip], [pair], { name: nameOf('add') }),
    ...(bias === '' ? [] : [makeNode('Add', [pair, bias], [sum], { name: nameOf('bias') })]),
    { ...norm, attributes: [...norm.attributes, ...(epsilon ? [epsilon] : [])] },
  ];
}
