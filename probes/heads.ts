import type { Heads } from '../contract/probes.ts';
import { generateScene } from '../task/scene.ts';
import type { QuerySpec } from '../task/spec.ts';
import { answerLogits, classify, maxLogitDelta, runClean } from './clean-run.ts';
import { indirectQuestion, buildPromptBatch, type ProbeSubject } from './prompt-batch.ts';
import type { AblationInterventions } from './ablation.ts';
import { minimum, sharesOf, type OutcomeClass } from './outcomes.ts';
import { interchangePair } from './pairs.ts';
import type { HeadPatch, HeadRun, ProbeRunner } from './runner.ts';

export interface Head {
  readonly layer: number;
  readonly head: number;
}

export function headsOf({ shape }: Pick<ProbeRunner, 'shape'>): Head[] {
  return Array.from({ length: shape.layers * shape.heads }, (_, place) => ({
    layer: Math.floor(place / shape.heads),
    head: place % shape.heads,
  }));
}

/** What patching one head did to one pair. */
interface HeadOutcome extends Head {
  readonly outcome: OutcomeClass;
  /** Largest change of a logit. */
  readonly maxLogitDelta: number;
}

/**
 * Interchange of one head's output at the query's last token: which heads carry what was found. All
 * heads of a pair run side by side, each at a question of its own behind one shared prefix.
 *
 * @param indices the pairs' indices
 * @returns one list a pair that the model solves
 * @throws SpecError for fewer than four objects
 */
export async function sweepHeads(
  subject: ProbeSubject<HeadRun>,
  spec: QuerySpec,
  seed: number,
  indices: readonly number[],
): Promise<HeadOutcome[][]> {
  const { probe, ...sight } = subject;
  const heads = headsOf(probe);
  const { run, pairs } = await runClean(
    subject,
    spec,
    indices.map((index) => interchangePair(spec, seed, index)),
  );
  const { batch, prompts } = await buildPromptBatch(
    sight,
    spec,
    pairs.map(({ pair }) => ({
      scene: pair.original,
      questions: heads.map(() => indirectQuestion(pair.asked)),
    })),
  );
  const patches = pairs.flatMap(({ answerToken }, row) =>
    heads.map(({ layer, head }, question): HeadPatch => {
      const vector = run.headOutput(layer, head, answerToken);
      return { layer, head, row, token: prompts[row].answers[question].tokenIndex, vector };
    }),
  );
  const patched = await probe.run(batch, { heads: patches });
  return pairs.flatMap(({ pair, originalLogits, solved }, row) => {
    if (!solved) return [];
    const ofPair = heads.map((head, question) => {
      const answer = answerLogits(patched, row * heads.length + question);
      return {
        ...head,
        outcome: classify(answer, pair),
        maxLogitDelta: maxLogitDelta(answer, originalLogits),
      };
    });
    return [ofPair];
  });
}

/** Shares of the outcomes by head. */
export function summariseHeads(
  heads: readonly Head[],
  outcomes: readonly (readonly HeadOutcome[])[],
): Heads['interchange']['heads'] {
  return heads.map((head, place) => {
    const at = outcomes.map((ofPair) => ofPair[place]);
    return {
      ...head,
      shares: sharesOf(at.map(({ outcome }) => outcome)),
      minLogitDelta: minimum(at.map(({ maxLogitDelta }) => maxLogitDelta)),
    };
  });
}

/** Mean output [K] of a head at a token. */
export type HeadMeans = (head: Head, token: number) => Float32Array;

/**
 * Means over scenes of one kind without noise, which are all laid out alike: the same token is the
 * same part of the prompt in each.
 *
 * @param indices the scenes' indices
 */
export async function meanHeadOutputs(
  { probe, ...sight }: ProbeSubject<HeadRun>,
  spec: QuerySpec,
  seed: number,
  indices: readonly number[],
): Promise<HeadMeans> {
  const means = new Map<string, Float32Array>();
  const key = ({ layer, head }: Head, token: number) => `${layer}.${head}.${token}`;
  for (let start = 0; start < indices.length; start += SCENES_PER_RUN) {
    const scenes = indices
      .slice(start, start + SCENES_PER_RUN)
      .map((index) => generateScene(spec, seed, index));
    const asked = scenes.map((scene) => ({ scene, questions: [indirectQuestion(scene.asked[0])] }));
    const { batch } = await buildPromptBatch(sight, spec, asked);
    const run = await probe.run(batch);
    for (const head of headsOf(probe)) {
      for (let token = 0; token < batch.length; token++) {
        const mean = means.get(key(head, token)) ?? new Float32Array();
        const outputs = scenes.map((_, row) =>
          run.headOutput(head.layer, head.head, { row, token }),
        );
        means.set(
          key(head, token),
          outputs[0].map(
            (_, i) =>
              (mean.at(i) ?? 0) +
              outputs.reduce((sum, output) => sum + output[i], 0) / indices.length,
          ),
        );
      }
    }
  }
  return (head, token) => means.get(key(head, token)) ?? new Float32Array();
}

/** Bounds memory. */
const SCENES_PER_RUN = 32;

/** Puts a head to its mean at every token: the field's other ablation (Wang et al., arXiv 2211.00593). */
export const meanAblation =
  (means: HeadMeans): AblationInterventions<Head> =>
  (head, { tokens }, row) => ({
    heads: tokens.map((_, token) => ({ ...head, row, token, vector: means(head, token) })),
  });

/** Silences a head at every token. */
export const zeroAblation: AblationInterventions<Head> = (head, { tokens }, row) => ({
  heads: tokens.map((_, token) => ({ ...head, row, token })),
});
