import { TOKEN_GROUPS } from '../contract/knockout-section.ts';
import { elementAt } from '../task/element-at.ts';
import type { PackedPrompt, TokenRole } from '../task/prompt.ts';
import type { AblationInterventions } from './ablation.ts';
import type { AttentionCut } from './runner.ts';

/** A group of tokens between which attention is cut (paper, "Attention knockout"). */
export type TokenGroup = (typeof TOKEN_GROUPS)[number];

/** Attention of one group of tokens to another. */
export interface AttentionEdge {
  /** The tokens that attend. */
  readonly from: TokenGroup;
  /** The tokens that they attend to. */
  readonly to: TokenGroup;
}

/** An edge that is cut from a first to a last layer, both included. */
export interface EdgeCut extends AttentionEdge {
  readonly layers: readonly [number, number];
}

/** A question's two tokens are one group. */
const groupOf = (role: TokenRole): TokenGroup =>
  role === 'question' || role === 'asked' ? 'query' : role;

/** The edges that causal attention allows in a prompt. */
export function causalEdges(prompt: PackedPrompt): AttentionEdge[] {
  const edges = TOKEN_GROUPS.flatMap((from) => TOKEN_GROUPS.map((to) => ({ from, to })));
  return edges.filter((edge) => tokenPairs(prompt, edge).length > 0);
}

/** Every edge, cut in each window of `window` layers and in all layers together. */
export function windowedCuts(
  edges: readonly AttentionEdge[],
  layers: number,
  window: number,
): EdgeCut[] {
  const starts = Array.from({ length: Math.max(0, layers - window + 1) }, (_, start) => start);
  const windows = starts.map((start) => [start, start + window - 1] as const);
  return edges.flatMap((edge) =>
    [...windows, [0, layers - 1] as const].map((span) => ({ ...edge, layers: span })),
  );
}

/** The interventions of a cut. */
export const attentionCuts: AblationInterventions<EdgeCut> = (
  { layers, ...edge },
  prompt,
  row,
) => ({
  cuts: tokenPairs(prompt, edge).map(([from, to]): AttentionCut => ({ layers, row, from, to })),
});

/** Pairs of tokens of an edge, without a token and itself: its attention must have a target left. */
function tokenPairs({ roles, segments }: PackedPrompt, { from, to }: AttentionEdge) {
  const pairs: [from: number, to: number][] = [];
  for (const [query, queryRole] of roles.entries()) {
    if (groupOf(queryRole) !== from) continue;
    for (let key = 0; key < query; key++) {
      const visible = segments[key] === 0 || segments[key] === segments[query];
      if (visible && groupOf(elementAt(roles, key)) === to) pairs.push([query, key]);
    }
  }
  return pairs;
}
