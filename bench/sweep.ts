import { readFileSync } from 'node:fs';
import { answerLogits, classify } from '../probes/clean-run.ts';
import { questionsOfSweep, sweepLayers, type PairOutcome } from '../probes/interchange.ts';
import { interchangePair } from '../probes/pairs.ts';
import { buildPromptBatch, indirectQuestion, type ProbeSubject } from '../probes/prompt-batch.ts';
import { openProbe } from '../probes/runner.ts';
import type { Runtime } from '../inference/runtime.ts';
import { elementAt } from '../task/element-at.ts';
import type { QuerySpec } from '../task/spec.ts';
import { ImpossibleResult } from './result.ts';

/** An intervention sweep as the product does it, and as one would without a shared prefix. */

/** Answers of a sweep of one pair: the original, and the patches of every layer from each source. */
export const answersOfPair = (layers: number): number => questionsOfSweep(layers);

export interface Sweeps {
  readonly layers: number;
  /** All patches of a pair in one row after one prefix. */
  readonly sharedPrefix: (seed: number) => Promise<PairOutcome[]>;
  /** Every patch in a row of its own, from the embedding on. */
  readonly fromEmbedding: (seed: number) => Promise<string[][]>;
}

/**
 * @param file of a model that reads text
 * @param pairs that one sweep patches
 */
export async function openSweeps(
  runtime: Runtime,
  file: string,
  spec: QuerySpec,
  pairs: number,
): Promise<Sweeps> {
  const probe = await openProbe(runtime, readFileSync(file));
  const subject: ProbeSubject = {
    probe,
    featureWidth: 0,
    encode: () => {
      throw new TypeError('sweeps of text read no picture');
    },
  };
  const indices = Array.from({ length: pairs }, (_, index) => index);
  const sweeps: Sweeps = {
    layers: probe.shape.layers,
    sharedPrefix: (seed) => sweepLayers(subject, spec, seed, indices),
    fromEmbedding: async (seed) => {
      const outcomes: string[][] = [];
      for (const index of indices) outcomes.push(await sweepPairAlone(subject, spec, seed, index));
      return outcomes;
    },
  };
  await requireSameOutcomes(sweeps);
  return sweeps;
}

/**
 * A pair with as many prompts as `sweepLayers` packs questions, and the same two sources of patches. Patches of controls
 * cost the same whatever they are, so here they are those of the counterfactual.
 *
 * @returns the outcome of the counterfactual's patch at each layer
 */
async function sweepPairAlone(
  { probe, ...vision }: ProbeSubject,
  spec: QuerySpec,
  seed: number,
  index: number,
): Promise<string[]> {
  const pair = interchangePair(spec, seed, index);
  const { original, counterfactual, asked, positional } = pair;
  const source = { scene: counterfactual, questions: [indirectQuestion(positional)] };
  const sources = await buildPromptBatch(vision, spec, [source, source]);
  const token = elementAt(elementAt(sources.prompts, 0).answers, 0).tokenIndex;
  const read = { row: 0, token };
  const run = await probe.run(sources.batch, {}, [read, { row: 1, token }]);

  const layers = probe.shape.layers + 1;
  const { batch, prompts } = await buildPromptBatch(
    vision,
    spec,
    Array.from({ length: answersOfPair(probe.shape.layers) }, () => ({
      scene: original,
      questions: [indirectQuestion(asked)],
    })),
  );
  const residuals = prompts.slice(1).map(({ answers }, at) => ({
    layer: at % layers,
    row: at + 1,
    token: elementAt(answers, 0).tokenIndex,
    vector: run.residual(at % layers, read),
  }));
  const patched = await probe.run(batch, { residuals }, []);
  return Array.from({ length: layers }, (_, layer) =>
    classify(answerLogits(patched, layer + 1), pair),
  );
}

/** @throws ImpossibleResult where both ways do not patch the same */
async function requireSameOutcomes({ sharedPrefix, fromEmbedding }: Sweeps): Promise<void> {
  const packed = (await sharedPrefix(0)).map(({ layers }) => layers.map(({ outcome }) => outcome));
  const alone = await fromEmbedding(0);
  if (JSON.stringify(packed) === JSON.stringify(alone)) return;
  throw new ImpossibleResult('a sweep after one prefix and one from the embedding differ');
}
