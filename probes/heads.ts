import type { Heads } from '../contract/probes.ts';
import { elementAt } from '../task/element-at.ts';
import { generateScene } from '../task/scene.ts';
import type { QuerySpec } from '../task/spec.ts';
import type { AblationInterventions } from './ablation.ts';
import { answerLogits, classify, maxLogitDelta, runClean } from './clean-run.ts';
import { minimum, sharesOf, type OutcomeClass } from './outcomes.ts';
import { interchangePair } from './pairs.ts';
import { buildPromptBatch, indirectQuestion, type ProbeSubject } from './prompt-batch.ts';
import type { HeadPatch, HeadRun, ProbeRunner } from './runner.ts';

export interface Head {
  readonly layer: number;
  readonly head: number;
}

/** All heads of a model, layer by layer. */
export function headsOf({ shape }: Pick<ProbeRunner, 'shape'>): Head[] {
  return Array.from({ length: shape.layers * shape.heads }, (_, index) => ({
    layer: Math.floor(index / shape.heads),
    head: index % shape.heads,
  }));
}

/** The effect of patching one head on one pair. */
interface HeadOutcome extends Head {
  readonly outcome: OutcomeClass;
  /** Largest change of a logit. */
  readonly maxLogitDelta: number;
}

/**
 * Interchange of one head's output at the query's last token. All heads of a pair run in one row: the
 * question is packed once per head after one shared prefix.
 *
 * @param indices the pairs' indices
 * @returns one list per pair that the model solves
 * @throws SpecError for fewer than four objects
 */
export async function sweepHeads(
  subject: ProbeSubject<HeadRun>,
  spec: QuerySpec,
  seed: number,
  indices: readonly number[],
): Promise<HeadOutcome[][]> {
  const { probe, ...vision } = subject;
  const heads = headsOf(probe);
  const { run, pairs } = await runClean(
    subject,
    spec,
    indices.map((index) => interchangePair(spec, seed, index)),
  );
  const { batch, prompts } = await buildPromptBatch(
    vision,
    spec,
    pairs.map(({ pair }) => ({
      scene: pair.original,
      questions: heads.map(() => indirectQuestion(pair.asked)),
    })),
  );
  const patches = pairs.flatMap(({ answerToken }, row) => {
    const { answers } = elementAt(prompts, row);
    return heads.map(({ layer, head }, question): HeadPatch => {
      const vector = run.headOutput(layer, head, answerToken);
      return { layer, head, row, token: elementAt(answers, question).tokenIndex, vector };
    });
  });
  const patched = await probe.run(batch, { heads: patches });
  return pairs.flatMap(({ pair, originalLogits, solved }, row) => {
    if (!solved) return [];
    const outcomes = heads.map((head, question) => {
      const logits = answerLogits(patched, row * heads.length + question);
      return {
        ...head,
        outcome: classify(logits, pair),
        maxLogitDelta: maxLogitDelta(logits, originalLogits),
      };
    });
    return [outcomes];
  });
}

/**
 * Shares of the outcomes by head.
 *
 * @param outcomes [pairs][heads]
 */
export function summariseHeads(
  heads: readonly Head[],
  outcomes: readonly (readonly HeadOutcome[])[],
): Heads['interchange']['heads'] {
  return heads.map((head, index) => {
    const ofHead = outcomes.map((ofPair) => elementAt(ofPair, index));
    return {
      ...head,
      shares: sharesOf(ofHead.map(({ outcome }) => outcome)),
      minLogitDelta: minimum(ofHead.map((outcome) => outcome.maxLogitDelta)),
    };
  });
}

/** Mean output [K] of a head at a token. */
export type HeadMeans = (head: Head, token: number) => Float32Array;

/**
 * Mean head outputs over scenes of one spec without noise tokens: their prompts have the same layout, so
 * each token index has the same role in all of them.
 *
 * @param indices the scenes' indices
 */
export async function meanHeadOutputs(
  { probe, ...vision }: ProbeSubject<HeadRun>,
  spec: QuerySpec,
  seed: number,
  indices: readonly number[],
): Promise<HeadMeans> {
  const width = probe.shape.width / probe.shape.heads;
  const means = new Map<string, Float32Array>();
  const key = ({ layer, head }: Head, token: number) => `${layer}.${head}.${token}`;
  for (let start = 0; start < indices.length; start += SCENES_PER_RUN) {
    const scenes = indices
      .slice(start, start + SCENES_PER_RUN)
      .map((index) => generateScene(spec, seed, index));
    const asked = scenes.map((scene) => ({
      scene,
      questions: [indirectQuestion(elementAt(scene.asked, 0))],
    }));
    const { batch } = await buildPromptBatch(vision, spec, asked);
    const run = await probe.run(batch);
    for (const head of headsOf(probe)) {
      for (let token = 0; token < batch.length; token++) {
        const outputs = scenes.map((_, row) =>
          run.headOutput(head.layer, head.head, { row, token }),
        );
        const mean = means.get(key(head, token)) ?? new Float32Array(width);
        means.set(
          key(head, token),
          mean.map((value, i) => {
            const sum = outputs.reduce((total, output) => total + elementAt(output, i), 0);
            return value + sum / indices.length;
          }),
        );
      }
    }
  }
  return (head, token) => means.get(key(head, token)) ?? new Float32Array(width);
}

/** Bounds memory. */
const SCENES_PER_RUN = 32;

/** Mean ablation: a head's output is its mean at every token (Wang et al., arXiv 2211.00593). */
export const meanAblation =
  (means: HeadMeans): AblationInterventions<Head> =>
  (head, { tokens }, row) => ({
    heads: tokens.map((_, token) => ({ ...head, row, token, vector: means(head, token) })),
  });

/** Zero ablation: a head's output is zero at every token. */
export const zeroAblation: AblationInterventions<Head> = (head, { tokens }, row) => ({
  heads: tokens.map((_, token) => ({ ...head, row, token })),
});
