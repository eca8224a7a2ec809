/** The task for other projects, published as `bindscope/task`: no Node, no network, no models. */
export * from './batch.ts';
export { COLOURS, type Colour } from './colours.ts';
export * from './conditions.ts';
export { ITEMS } from './items.ts';
export * from './language/templates.ts';
export * from './language/word-lists.ts';
export * from './language/word-prompt.ts';
export * from './language/word-query.ts';
export * from './picture.ts';
export * from './prompt.ts';
export * from './query.ts';
export * from './query-indices.ts';
export * from './scene.ts';
export { SHAPES, type Shape } from './shapes.ts';
export * from './spec.ts';
export * from './tokens.ts';
