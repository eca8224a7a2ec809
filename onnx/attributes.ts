import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor } from './model.ts';

/** Readers of a node's attributes. Each gives undefined where the attribute is absent or of another type. */

export const attributeOf = (node: OnnxNode, name: string): OnnxAttribute | undefined =>
  node.attributes.find((attribute) => attribute.name === name);

/** Beyond 53 bits the nearest double, which is enough for sizes and axes. */
export function intAttribute(node: OnnxNode, name: string): number | undefined {
  const value = attributeOf(node, name)?.int;
  return value === undefined ? undefined : Number(value);
}

export const floatAttribute = (node: OnnxNode, name: string): number | undefined =>
  attributeOf(node, name)?.float;

export function stringAttribute(node: OnnxNode, name: string): string | undefined {
  const value = attributeOf(node, name)?.string;
  return value && new TextDecoder().decode(value);
}

/** An empty list looks like an absent one. */
export function intsAttribute(node: OnnxNode, name: string): number[] | undefined {
  const values = attributeOf(node, name)?.ints;
  return values && values.length > 0 ? values.map(Number) : undefined;
}

export function floatsAttribute(node: OnnxNode, name: string): readonly number[] | undefined {
  const values = attributeOf(node, name)?.floats;
  return values && values.length > 0 ? values : undefined;
}

export const tensorAttribute = (node: OnnxNode, name: string): OnnxTensor | undefined =>
  attributeOf(node, name)?.tensor;

/** Every graph inside a node: branches of If, the body of Loop or Scan. */
export const subgraphsOf = (node: OnnxNode): OnnxGraph[] =>
  node.attributes.flatMap(({ graph, graphs }) => (graph ? [graph, ...graphs] : graphs));
