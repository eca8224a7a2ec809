import { CONTROLS, type OutcomeShares } from '../contract/probes.ts';
import { countRatio, type CountRatio } from '../statistics/ratios.ts';
import { RandomStream } from '../task/random.ts';
import { generateScene } from '../task/scene.ts';
import type { QuerySpec } from '../task/spec.ts';
import { answerLogits, classify, maxLogitDelta, runClean } from './clean-run.ts';
import { indirectQuestion, buildPromptBatch, type ProbeSubject } from './prompt-batch.ts';
import { minimum, sharesOf, type OutcomeClass } from './outcomes.ts';
import { interchangePair, type InterchangePair } from './pairs.ts';
import type { ResidualPatch } from './runner.ts';

/**
 * Interchange interventions at the query token: the residual stream before one layer is taken from
 * the counterfactual run into the original one, and the answer says what it carried (paper, "How the
 * mechanism is read"; Gur-Arieh et al., arXiv 2510.06182).
 */

export type Control = (typeof CONTROLS)[number];

/** What each question of a pair's packed row is patched with. */
const PATCH_SOURCES = ['counterfactual', ...CONTROLS] as const;

/** Questions that `sweepLayers` packs behind one scene. */
export const questionsOfSweep = (layers: number): number => PATCH_SOURCES.length * (layers + 1);

/** What patching one layer of one pair did. */
export interface LayerOutcome {
  readonly layer: number;
  readonly outcome: OutcomeClass;
  /** The outcomes of patches of the same norm that know nothing of the pair. */
  readonly controls: Readonly<Record<Control, OutcomeClass>>;
  /** Largest change of a logit: 0 would mean that the patch did not reach the model. */
  readonly maxLogitDelta: number;
}

export interface PairOutcome {
  readonly pair: InterchangePair;
  /** Whether the model answers the original and the counterfactual rightly when left alone. */
  readonly solved: boolean;
  /** Layers 0 to L, the last being the stream after all layers. */
  readonly layers: readonly LayerOutcome[];
}

/**
 * Sweeps the layers of some pairs. All layers of a pair run side by side: the question is packed
 * once per layer behind one shared prefix, which a patch at a question's token cannot touch.
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
  const alone = await runClean(subject, spec, pairs);
  const unrelated = await runUnrelated(subject, spec, seed, indices);

  // Every layer with the counterfactual's vector, then every layer with that of each control.
  const patched = await buildPromptBatch(
    subject,
    spec,
    pairs.map(({ original, asked }) => ({
      scene: original,
      questions: PATCH_SOURCES.flatMap(() => layers.map(() => indirectQuestion(asked))),
    })),
  );
  const patches = alone.pairs.flatMap(({ answerToken }, row): ResidualPatch[] => {
    const { answers } = patched.prompts[row];
    return layers.flatMap((layer) => {
      const vector = alone.run.residual(layer, answerToken);
      const vectors = {
        counterfactual: vector,
        random: randomLike(vector, seed, indices[row], layer),
        unrelated: scaleToNorm(vector, unrelated(row, layer)),
      };
      return PATCH_SOURCES.map((patch, place) => {
        const { tokenIndex: token } = answers[place * layers.length + layer];
        return { layer, row, token, vector: vectors[patch] };
      });
    });
  });
  const patchedRun = await subject.probe.run(patched.batch, { residuals: patches });

  return alone.pairs.map(({ pair, originalLogits, solved }, row) => {
    const at = (patch: (typeof PATCH_SOURCES)[number], layer: number) =>
      answerLogits(
        patchedRun,
        (row * PATCH_SOURCES.length + PATCH_SOURCES.indexOf(patch)) * layers.length + layer,
      );
    return {
      pair,
      solved,
      layers: layers.map((layer) => ({
        layer,
        outcome: classify(at('counterfactual', layer), pair),
        controls: {
          random: classify(at('random', layer), pair),
          unrelated: classify(at('unrelated', layer), pair),
        },
        maxLogitDelta: maxLogitDelta(at('counterfactual', layer), originalLogits),
      })),
    };
  });
}

/** Half of all indices away: no sweep draws as many pairs. */
const UNRELATED_OFFSET = 2 ** 31;

/**
 * Questions about scenes that have nothing to do with the pairs.
 *
 * @returns the stream [D] at the last token, by the pair's row and layer
 */
async function runUnrelated(
  { probe, ...sight }: ProbeSubject,
  spec: QuerySpec,
  seed: number,
  indices: readonly number[],
): Promise<(row: number, layer: number) => Float32Array> {
  const { batch, prompts } = await buildPromptBatch(
    sight,
    spec,
    indices.map((index) => {
      const scene = generateScene(spec, seed, (index + UNRELATED_OFFSET) % 2 ** 32);
      return { scene, questions: [indirectQuestion(scene.asked[0])] };
    }),
  );
  const run = await probe.run(batch);
  return (row, layer) => run.residual(layer, { row, token: prompts[row].answers[0].tokenIndex });
}

/** A random direction with the norm of a vector, named by the pair and the layer. */
export function randomLike(vector: Float32Array, seed: number, index: number, layer: number) {
  const draw = new RandomStream([0xc017, seed, index, layer]);
  return scaleToNorm(
    vector,
    vector.map(() => draw.normal()),
  );
}

/** The direction of one vector with the norm of another; of a zero vector nothing can be made. */
function scaleToNorm(like: Float32Array, direction: Float32Array): Float32Array {
  const length = Math.hypot(...direction);
  const scale = length > 0 ? Math.hypot(...like) / length : 0;
  return direction.map((value) => value * scale);
}

/** Shares of the outcomes at one layer, over the pairs that the model solves. */
export interface LayerSummary {
  readonly layer: number;
  readonly shares: OutcomeShares;
  readonly controls: Readonly<Record<Control, OutcomeShares>>;
  /** The smallest of the pairs' largest logit changes; null where no pair is solved. */
  readonly minLogitDelta: number | null;
}

export interface InterchangeSummary {
  readonly pairs: number;
  /** Pairs that the model solves when left alone; the others say nothing and are left out. */
  readonly solved: number;
  readonly layers: readonly LayerSummary[];
  /** The first layer at which most patches move the answer; null where none does. */
  readonly firstCausalLayer: number | null;
  /** The layer at which positional and symbolic outcomes together are most frequent. */
  readonly peakLayer: number;
  /** Symbolic outcomes for each positional one. */
  readonly ratioAtPeak: CountRatio;
  readonly ratioAtFirstCausal: CountRatio | null;
}

/** Late layers look reflexive only because the answer stands there already, so the peak is elsewhere. */
export function summarise(outcomes: readonly PairOutcome[]): InterchangeSummary {
  const solved = outcomes.filter((outcome) => outcome.solved);
  const layers = (outcomes[0]?.layers ?? []).map(({ layer }): LayerSummary => {
    const at = solved.map((outcome) => outcome.layers[layer]);
    const ofControl = (control: Control) => sharesOf(at.map(({ controls }) => controls[control]));
    return {
      layer,
      shares: sharesOf(at.map(({ outcome }) => outcome)),
      controls: { random: ofControl('random'), unrelated: ofControl('unrelated') },
      minLogitDelta: minimum(at.map(({ maxLogitDelta }) => maxLogitDelta)),
    };
  });
  const bound = ({ shares }: LayerSummary) => shares.positional.correct + shares.symbolic.correct;
  const peak = layers.reduce(
    (best, layer) => (bound(layer) > bound(best) ? layer : best),
    layers[0],
  );
  // Of no solved pairs nothing is known.
  const moved = ({ shares: { unchanged } }: LayerSummary) =>
    unchanged.count > 0 && unchanged.accuracy < 0.5;
  const firstCausal = layers.find(moved);
  const ratio = ({ shares }: LayerSummary) =>
    countRatio(shares.symbolic.correct, shares.positional.correct);
  return {
    pairs: outcomes.length,
    solved: solved.length,
    layers,
    firstCausalLayer: firstCausal?.layer ?? null,
    peakLayer: peak.layer,
    ratioAtPeak: ratio(peak),
    ratioAtFirstCausal: firstCausal ? ratio(firstCausal) : null,
  };
}
