import { ASSOCIATION_TOKENS, type ItemInterchange } from '../contract/probes.ts';
import { elementAt } from '../task/element-at.ts';
import type { PackedPrompt } from '../task/prompt.ts';
import type { QuerySpec } from '../task/spec.ts';
import { answeredItem, answerLogits, maxLogitDelta } from './clean-run.ts';
import { randomLike } from './interchange.ts';
import { itemPair, type ItemPair } from './item-pairs.ts';
import { minimum, sharesOf, type OutcomeClass } from './outcomes.ts';
import { buildPromptBatch, indirectQuestion, type ProbeSubject } from './prompt-batch.ts';
import type { ResidualPatch } from './runner.ts';
import { maxBy } from './sentence-parts.ts';

/**
 * Interchange at the items: does an association hold what its shape is bound to in the context? A model can
 * look that up while it reads the association, and the query then finds its item in one step. Interchange at
 * the query cannot show this: no pointer passes the query.
 */

type AssociationToken = (typeof ASSOCIATION_TOKENS)[number];

/** The effect of patching all tokens of one kind before one layer on one pair. */
interface ItemOutcome {
  readonly tokens: AssociationToken;
  readonly layer: number;
  readonly outcome: OutcomeClass;
  /** Of random vectors with the same norms. */
  readonly random: OutcomeClass;
  /** Largest change of a logit. */
  readonly maxLogitDelta: number;
}

/**
 * Sweeps the layers of some pairs, at both kinds of tokens of the associations.
 *
 * @param indices the pairs' indices
 * @returns one list per pair of which the model answers both prompts correctly
 * @throws SpecError for fewer than three objects
 */
export async function sweepItems(
  { probe, ...vision }: ProbeSubject,
  spec: QuerySpec,
  seed: number,
  indices: readonly number[],
): Promise<ItemOutcome[][]> {
  const pairs = indices.map((index) => ({ index, ...itemPair(spec, seed, index) }));
  const { batch, prompts } = await buildPromptBatch(
    vision,
    spec,
    pairs.flatMap(({ original, counterfactual, asked, symbolic }) => [
      { scene: original, questions: [indirectQuestion(asked)] },
      // In the counterfactual, this object has the asked colour.
      { scene: counterfactual, questions: [indirectQuestion(symbolic)] },
    ]),
  );
  const clean = await probe.run(batch);
  const solved = pairs.flatMap((pair, nth) => {
    const [row, counterfactualRow] = [2 * nth, 2 * nth + 1];
    const logits = answerLogits(clean, row);
    const answersBoth =
      classifyItem(logits, pair) === 'unchanged' &&
      classifyItem(answerLogits(clean, counterfactualRow), pair) === 'symbolic';
    return answersBoth ? [{ pair, logits, counterfactualRow, outcomes: [] as ItemOutcome[] }] : [];
  });
  if (solved.length === 0) return [];

  const patched = await buildPromptBatch(
    vision,
    spec,
    solved.flatMap(({ pair: { original, asked } }) => {
      const scene = { scene: original, questions: [indirectQuestion(asked)] };
      return ASSOCIATION_TOKENS.flatMap(() => [scene, scene]);
    }),
  );
  const rowsPerPair = 2 * ASSOCIATION_TOKENS.length;
  // Not after the last layer: nothing attends to these tokens there.
  for (let layer = 0; layer < probe.shape.layers; layer++) {
    const residuals = solved.flatMap(({ pair, counterfactualRow }, nth): ResidualPatch[] =>
      ASSOCIATION_TOKENS.flatMap((tokens, kind) =>
        // Both prompts have the same layout, so a token has the same index in both.
        tokensOf(elementAt(prompts, counterfactualRow), tokens).flatMap((token) => {
          const row = rowsPerPair * nth + 2 * kind;
          const vector = clean.residual(layer, { row: counterfactualRow, token });
          const random = randomLike(vector, seed + token, pair.index, layer);
          return [
            { layer, row, token, vector },
            { layer, row: row + 1, token, vector: random },
          ];
        }),
      ),
    );
    const run = await probe.run(patched.batch, { residuals }, []);
    for (const [nth, { pair, logits, outcomes }] of solved.entries()) {
      for (const [kind, tokens] of ASSOCIATION_TOKENS.entries()) {
        const row = rowsPerPair * nth + 2 * kind;
        const changed = answerLogits(run, row);
        outcomes.push({
          tokens,
          layer,
          outcome: classifyItem(changed, pair),
          random: classifyItem(answerLogits(run, row + 1), pair),
          maxLogitDelta: maxLogitDelta(changed, logits),
        });
      }
    }
  }
  return solved.map(({ outcomes }) => outcomes);
}

const tokensOf = ({ roles }: PackedPrompt, kind: AssociationToken): number[] =>
  roles.flatMap((role, token) => (role === kind ? [token] : []));

/** What the answer to the original follows: what the items hold, or the query (`unchanged`). */
function classifyItem(logits: Float32Array, pair: ItemPair): OutcomeClass {
  const { objects } = pair.original;
  const answered = answeredItem(logits, pair.original);
  const outcomes = { positional: 'positional', symbolic: 'symbolic', asked: 'unchanged' } as const;
  for (const role of ['positional', 'symbolic', 'asked'] as const) {
    if (answered === elementAt(objects, pair[role]).item) return outcomes[role];
  }
  return 'other';
}

/**
 * Shares of the outcomes by kind of token and layer.
 *
 * @param pairs [solved pairs][layers and kinds of tokens]
 */
export function summariseItems(
  pairs: readonly (readonly ItemOutcome[])[],
  layers: number,
): ItemInterchange['groups'] {
  return ASSOCIATION_TOKENS.map((tokens) => ({
    tokens,
    layers: Array.from({ length: layers }, (_, layer) => {
      const here = pairs
        .flat()
        .filter((outcome) => outcome.tokens === tokens && outcome.layer === layer);
      return {
        layer,
        shares: sharesOf(here.map(({ outcome }) => outcome)),
        minLogitDelta: minimum(here.map((outcome) => outcome.maxLogitDelta)),
        random: sharesOf(here.map(({ random }) => random)),
      };
    }),
  }));
}

/**
 * The patch that most answers follow, by colour or by position: an answer that only breaks shows no binding.
 */
export const strongestItemPatch = (groups: ItemInterchange['groups']) =>
  maxBy(
    groups.flatMap(({ tokens, layers }) => layers.map((layer) => ({ tokens, ...layer }))),
    ({ shares: { positional, symbolic } }) => positional.accuracy + symbolic.accuracy,
  );
