import { PAIR_OBJECTS, SINGLE_TOKENS, type TokenInterchange } from '../contract/probes.ts';
import type { QuerySpec } from '../task/spec.ts';
import { answerLogits, classify, maxLogitDelta, runClean, type CleanRuns } from './clean-run.ts';
import { indirectQuestion, buildPromptBatch, type ProbeSubject } from './prompt-batch.ts';
import { objectTokens, tokenIndexOf, type ObjectToken } from './object-tokens.ts';
import { minimum, sharesOf, type OutcomeClass } from './outcomes.ts';
import { interchangePair } from './pairs.ts';
import type { ProbeRun } from './runner.ts';

/**
 * Interchange at single tokens before the query: which of them carry what the query reads. These
 * tokens are seen by all questions of a row, so each patch needs a row of its own.
 */

/** One token of one of a pair's objects, or the only one of its kind. */
type TokenGroup =
  | { readonly token: ObjectToken; readonly object: (typeof PAIR_OBJECTS)[number] }
  | { readonly token: (typeof SINGLE_TOKENS)[number]; readonly object: null };

/** What patching one token before one layer did to one pair. */
type TokenOutcome = TokenGroup & {
  readonly layer: number;
  readonly outcome: OutcomeClass;
  /** Largest change of a logit. */
  readonly maxLogitDelta: number;
};

/**
 * Sweeps the layers of some pairs at every kind of token of every object that a mechanism names.
 *
 * @param indices the pairs' indices
 * @returns one list a pair that the model solves
 * @throws SpecError for fewer than four objects
 */
export async function sweepTokens(
  subject: ProbeSubject,
  spec: QuerySpec,
  seed: number,
  indices: readonly number[],
): Promise<TokenOutcome[][]> {
  const pairs = indices.map((index) => interchangePair(spec, seed, index));
  const alone = await runClean(subject, spec, pairs);
  const solved = { ...alone, pairs: alone.pairs.filter((pair) => pair.solved) };
  if (solved.pairs.length === 0) return [];
  const outcomes: TokenOutcome[][] = solved.pairs.map(() => []);
  // After the last layer nobody reads these tokens any more.
  for (let layer = 0; layer < subject.probe.shape.layers; layer++) {
    const atLayer = await patchTokens(subject, spec, solved, layer);
    atLayer.forEach((ofPair, pair) => outcomes[pair].push(...ofPair));
  }
  return outcomes;
}

async function patchTokens(
  { probe, ...sight }: ProbeSubject,
  spec: QuerySpec,
  { run, pairs }: CleanRuns<ProbeRun>,
  layer: number,
): Promise<TokenOutcome[][]> {
  const originals = pairs.map(({ pair }) => ({
    scene: pair.original,
    questions: [indirectQuestion(pair.asked)],
  }));
  const groups: TokenGroup[] = [
    ...objectTokens(spec.modality).flatMap((token) =>
      PAIR_OBJECTS.map((object) => ({ token, object })),
    ),
    ...SINGLE_TOKENS.map((token) => ({ token, object: null })),
  ];
  const laid = await buildPromptBatch(
    sight,
    spec,
    originals.flatMap((original) => groups.map(() => original)),
  );
  const residuals = pairs.flatMap(({ pair, counterfactualRow }, place) =>
    groups.map((patched, group) => {
      const row = place * groups.length + group;
      // Both prompts are laid out alike, so the token stands at the same place in both.
      const prompt = laid.prompts[row];
      const at =
        patched.object === null
          ? prompt.roles.indexOf(patched.token)
          : tokenIndexOf(prompt, pair.original, spec.grid, patched.token, pair[patched.object]);
      const vector = run.residual(layer, { row: counterfactualRow, token: at });
      return { layer, row, token: at, vector };
    }),
  );
  const patched = await probe.run(laid.batch, { residuals });
  return pairs.map(({ pair, originalLogits }, place) =>
    groups.map((group, nth) => {
      const answer = answerLogits(patched, place * groups.length + nth);
      const delta = maxLogitDelta(answer, originalLogits);
      return { ...group, layer, outcome: classify(answer, pair), maxLogitDelta: delta };
    }),
  );
}

/** Shares of the outcomes by token and layer. */
export function summariseTokens(
  outcomes: readonly (readonly TokenOutcome[])[],
): TokenInterchange['groups'] {
  const groups: TokenInterchange['groups'] = [];
  (outcomes[0] ?? []).forEach(({ token, object, layer }, place) => {
    const at = outcomes.map((ofPair) => ofPair[place]);
    const summary = {
      layer,
      shares: sharesOf(at.map(({ outcome }) => outcome)),
      minLogitDelta: minimum(at.map(({ maxLogitDelta }) => maxLogitDelta)),
    };
    const known = groups.find((group) => group.token === token && group.object === object);
    if (known) known.layers.push(summary);
    else groups.push({ token, object, layers: [summary] });
  });
  return groups;
}
