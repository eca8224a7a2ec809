import { PAIR_OBJECTS, SINGLE_TOKENS, type TokenInterchange } from '../contract/probes.ts';
import { elementAt } from '../task/element-at.ts';
import type { QuerySpec } from '../task/spec.ts';
import { answerLogits, classify, maxLogitDelta, runClean, type CleanRuns } from './clean-run.ts';
import { objectTokens, tokenIndexOf, type ObjectToken } from './object-tokens.ts';
import { minimum, sharesOf, type OutcomeClass } from './outcomes.ts';
import { interchangePair } from './pairs.ts';
import { buildPromptBatch, indirectQuestion, type ProbeSubject } from './prompt-batch.ts';
import type { ProbeRun } from './runner.ts';

/**
 * Interchange at single tokens before the query: which of them hold what the query reads. All questions
 * of a row attend to these tokens, so each patch needs its own row.
 */

/** A token of one of a pair's objects, or a token that belongs to no object. */
type PatchedToken =
  | { readonly token: ObjectToken; readonly object: (typeof PAIR_OBJECTS)[number] }
  | { readonly token: (typeof SINGLE_TOKENS)[number]; readonly object: null };

/** The effect of patching one token before one layer on one pair. */
type TokenOutcome = PatchedToken & {
  readonly layer: number;
  readonly outcome: OutcomeClass;
  /** Largest change of a logit. */
  readonly maxLogitDelta: number;
};

/**
 * Sweeps the layers of some pairs, at every kind of token of every object that has a role in the pair.
 *
 * @param indices the pairs' indices
 * @returns one list per pair that the model solves
 * @throws SpecError for fewer than four objects
 */
export async function sweepTokens(
  subject: ProbeSubject,
  spec: QuerySpec,
  seed: number,
  indices: readonly number[],
): Promise<TokenOutcome[][]> {
  const pairs = indices.map((index) => interchangePair(spec, seed, index));
  const clean = await runClean(subject, spec, pairs);
  const solved = { ...clean, pairs: clean.pairs.filter((pair) => pair.solved) };
  if (solved.pairs.length === 0) return [];
  const outcomes: TokenOutcome[][] = solved.pairs.map(() => []);
  // Not after the last layer: nothing attends to these tokens there.
  for (let layer = 0; layer < subject.probe.shape.layers; layer++) {
    const atLayer = await patchTokens(subject, spec, solved, layer);
    for (const [pair, ofPair] of atLayer.entries()) outcomes[pair]?.push(...ofPair);
  }
  return outcomes;
}

async function patchTokens(
  { probe, ...vision }: ProbeSubject,
  spec: QuerySpec,
  { run, pairs }: CleanRuns<ProbeRun>,
  layer: number,
): Promise<TokenOutcome[][]> {
  const tokens: PatchedToken[] = [
    ...objectTokens(spec.modality).flatMap((token) =>
      PAIR_OBJECTS.map((object) => ({ token, object })),
    ),
    ...SINGLE_TOKENS.map((token) => ({ token, object: null })),
  ];
  const { batch, prompts } = await buildPromptBatch(
    vision,
    spec,
    pairs.flatMap(({ pair }) => {
      const original = { scene: pair.original, questions: [indirectQuestion(pair.asked)] };
      return tokens.map(() => original);
    }),
  );
  const residuals = pairs.flatMap(({ pair, counterfactualRow }, pairIndex) =>
    tokens.map(({ token, object }, index) => {
      const row = pairIndex * tokens.length + index;
      // Both prompts have the same layout, so the token has the same index in both.
      const prompt = elementAt(prompts, row);
      const tokenIndex =
        object === null
          ? prompt.roles.indexOf(token)
          : tokenIndexOf(prompt, pair.original, spec.grid, token, pair[object]);
      const vector = run.residual(layer, { row: counterfactualRow, token: tokenIndex });
      return { layer, row, token: tokenIndex, vector };
    }),
  );
  const patched = await probe.run(batch, { residuals });
  return pairs.map(({ pair, originalLogits }, pairIndex) =>
    tokens.map((token, index) => {
      const logits = answerLogits(patched, pairIndex * tokens.length + index);
      const delta = maxLogitDelta(logits, originalLogits);
      return { ...token, layer, outcome: classify(logits, pair), maxLogitDelta: delta };
    }),
  );
}

/**
 * Shares of the outcomes by token and layer.
 *
 * @param outcomes [pairs][layers and tokens]
 */
export function summariseTokens(
  outcomes: readonly (readonly TokenOutcome[])[],
): TokenInterchange['groups'] {
  const groups: TokenInterchange['groups'] = [];
  for (const [index, { token, object, layer }] of (outcomes[0] ?? []).entries()) {
    const ofToken = outcomes.map((ofPair) => elementAt(ofPair, index));
    const summary = {
      layer,
      shares: sharesOf(ofToken.map(({ outcome }) => outcome)),
      minLogitDelta: minimum(ofToken.map((outcome) => outcome.maxLogitDelta)),
    };
    const group = groups.find((candidate) => {
      return candidate.token === token && candidate.object === object;
    });
    if (group) group.layers.push(summary);
    else groups.push({ token, object, layers: [summary] });
  }
  return groups;
}
