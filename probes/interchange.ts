import { CONTROLS } from '../contract/probes.ts';
import { elementAt } from '../task/element-at.ts';
import { RandomStream } from '../task/random.ts';
import { generateScene, type Scene } from '../task/scene.ts';
import type { QuerySpec } from '../task/spec.ts';
import { answerLogits, classify, isSolved, itemProbabilities, maxLogitDelta } from './clean-run.ts';
import type { OutcomeClass } from './outcomes.ts';
import { interchangePair, type InterchangePair } from './pairs.ts';
import { buildPromptBatch, indirectQuestion, type ProbeSubject } from './prompt-batch.ts';
import type { ResidualPatch } from './runner.ts';

/**
 * Interchange interventions at the query token: the residual stream before one layer is copied from the
 * counterfactual run into the original run, and the answer is classified (paper, "How the mechanism is
 * read"; Gur-Arieh et al., arXiv 2510.06182).
 */

export type Control = (typeof CONTROLS)[number];

/** Where the patch of each question of a pair's packed row comes from. */
const PATCH_SOURCES = ['counterfactual', ...CONTROLS] as const;
type PatchSource = (typeof PATCH_SOURCES)[number];

/** Questions that `sweepLayers` packs into the prompt of one scene: one without a patch, and one for each patch. */
export const questionsOfSweep = (layers: number): number => 1 + PATCH_SOURCES.length * (layers + 1);

/** Prompts with one question that `sweepLayers` runs for each pair, as sources of patches. */
export const SOURCE_PROMPTS = 2;

/** The effect of patching one layer on one pair. */
export interface LayerOutcome {
  readonly layer: number;
  readonly outcome: OutcomeClass;
  /** Outcomes of control patches: vectors of the same norm that are independent of the pair. */
  readonly controls: Readonly<Record<Control, OutcomeClass>>;
  /** Largest change of a logit; 0 would mean that the patch did not reach the model. */
  readonly maxLogitDelta: number;
  /** [N] the probability of each object's item in the original, among the items of the scene. */
  readonly probabilities: Float64Array;
}

export interface PairOutcome {
  readonly pair: InterchangePair;
  /** Whether the unpatched model answers the original and the counterfactual correctly. */
  readonly solved: boolean;
  /** Layers 0 to L; the last is the stream after all layers. */
  readonly layers: readonly LayerOutcome[];
}

/**
 * Sweeps the layers of some pairs. All patches of a pair run in one row with the original itself: the question is
 * packed once for each after one shared prefix, which a patch at a question's token cannot change.
 *
 * @param spec with four objects or more
 * @param indices the pairs' indices
 * @throws SpecError for fewer than four objects
 */
export async function sweepLayers(
  subject: ProbeSubject,
  spec: QuerySpec,
  seed: number,
  indices: readonly number[],
): Promise<PairOutcome[]> {
  const pairs = indices.map((index) => interchangePair(spec, seed, index));
  const layers = Array.from({ length: subject.probe.shape.layers + 1 }, (_, layer) => layer);
  const sources = await runSources(
    subject,
    spec,
    pairs.map((pair, row) => ({
      pair,
      unrelated: unrelatedScene(spec, seed, elementAt(indices, row)),
    })),
  );

  // The original, every layer with the counterfactual's vector, then every layer with that of each control.
  const { batch, prompts } = await buildPromptBatch(
    subject,
    spec,
    pairs.map(({ original, asked }) => ({
      scene: original,
      questions: Array.from({ length: questionsOfSweep(layers.length - 1) }, () =>
        indirectQuestion(asked),
      ),
    })),
    { sharedMarker: true },
  );
  const questionOf = (source: PatchSource, layer: number) =>
    1 + PATCH_SOURCES.indexOf(source) * layers.length + layer;
  const patches = prompts.flatMap(({ answers }, row): ResidualPatch[] =>
    layers.flatMap((layer) => {
      const vector = sources.counterfactual(row, layer);
      const vectors: Readonly<Record<PatchSource, Float32Array>> = {
        counterfactual: vector,
        random: randomLike(vector, seed, elementAt(indices, row), layer),
        unrelated: scaleToNorm(vector, sources.unrelated(row, layer)),
      };
      return PATCH_SOURCES.map((source) => {
        const { tokenIndex } = elementAt(answers, questionOf(source, layer));
        return { layer, row, token: tokenIndex, vector: vectors[source] };
      });
    }),
  );
  const patched = await subject.probe.run(batch, { residuals: patches }, []);

  return pairs.map((pair, row) => {
    const answerOf = (question: number) =>
      answerLogits(patched, row * questionsOfSweep(layers.length - 1) + question);
    const logitsOf = (source: PatchSource, layer: number) => answerOf(questionOf(source, layer));
    const originalLogits = answerOf(0);
    return {
      pair,
      solved: isSolved(pair, originalLogits, sources.counterfactualLogits(row)),
      layers: layers.map((layer) => ({
        layer,
        outcome: classify(logitsOf('counterfactual', layer), pair),
        controls: {
          random: classify(logitsOf('random', layer), pair),
          unrelated: classify(logitsOf('unrelated', layer), pair),
        },
        maxLogitDelta: maxLogitDelta(logitsOf('counterfactual', layer), originalLogits),
        probabilities: itemProbabilities(logitsOf('counterfactual', layer), pair.original),
      })),
    };
  });
}

/** Added to a pair's index: half of all indices, which no sweep reaches. */
const UNRELATED_OFFSET = 2 ** 31;

/** The scene of the control of a pair; its first question is asked. */
export const unrelatedScene = (spec: QuerySpec, seed: number, index: number): Scene =>
  generateScene(spec, seed, (index + UNRELATED_OFFSET) % 2 ** 32);

/** The residual stream [D] at the last token of a prompt, by the pair's row and layer. */
type SourceVectors = (row: number, layer: number) => Float32Array;

/** What patches are taken from: the counterfactuals, and questions about scenes that are independent of the pairs. */
async function runSources(
  { probe, ...vision }: ProbeSubject,
  spec: QuerySpec,
  rows: readonly { readonly pair: InterchangePair; readonly unrelated: Scene }[],
) {
  const { batch, prompts } = await buildPromptBatch(
    vision,
    spec,
    rows.flatMap(({ pair: { counterfactual, positional }, unrelated }) => [
      // In the counterfactual, the object at P has the asked colour.
      { scene: counterfactual, questions: [indirectQuestion(positional)] },
      { scene: unrelated, questions: [indirectQuestion(elementAt(unrelated.asked, 0))] },
    ]),
  );
  const read = prompts.map(({ answers }, row) => ({
    row,
    token: elementAt(answers, 0).tokenIndex,
  }));
  const run = await probe.run(batch, {}, read);
  const vectorsOf =
    (source: number): SourceVectors =>
    (row, layer) =>
      run.residual(layer, elementAt(read, SOURCE_PROMPTS * row + source));
  return {
    counterfactual: vectorsOf(0),
    unrelated: vectorsOf(1),
    counterfactualLogits: (row: number) => answerLogits(run, SOURCE_PROMPTS * row),
  };
}

/** A random direction with the norm of a vector, seeded with the pair and the layer. */
export function randomLike(vector: Float32Array, seed: number, index: number, layer: number) {
  const random = new RandomStream([0xc017, seed, index, layer]);
  return scaleToNorm(
    vector,
    vector.map(() => random.normal()),
  );
}

/** The direction of one vector with the norm of another; a zero vector stays zero. */
export function scaleToNorm(reference: Float32Array, direction: Float32Array): Float32Array {
  const norm = Math.hypot(...direction);
  const scale = norm > 0 ? Math.hypot(...reference) / norm : 0;
  return direction.map((value) => value * scale);
}
