import type { OutcomeShares } from '../contract/probes.ts';
import {
  countRatio,
  proportion,
  type CountRatio,
  type Proportion,
} from '../inference/statistics.ts';
import { RandomStream } from '../task/random.ts';
import type { QuerySpec } from '../task/spec.ts';
import { answerOf, classify, largestChange, runAlone } from './alone.ts';
import { askIndirectly, layScenes, type Subject } from './lay.ts';
import { leastOf, sharesOf, type OutcomeClass } from './outcomes.ts';
import { interchangePair, type InterchangePair } from './pairs.ts';
import type { ResidualPatch } from './runner.ts';

/**
 * Interchange interventions at the query token: the residual stream before one layer is taken from
 * the counterfactual run into the original one, and the answer says what it carried (paper, "How the
 * mechanism is read"; Gur-Arieh et al., arXiv 2510.06182).
 */

/** What patching one layer of one pair did. */
export interface LayerOutcome {
  readonly layer: number;
  readonly outcome: OutcomeClass;
  /** The outcome of a random patch of the same norm. */
  readonly control: OutcomeClass;
  /** Largest change of a logit: 0 would mean that the patch did not reach the model. */
  readonly change: number;
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
  subject: Subject,
  spec: QuerySpec,
  seed: number,
  indices: readonly number[],
): Promise<PairOutcome[]> {
  const pairs = indices.map((index) => interchangePair(spec, seed, index));
  const layers = Array.from({ length: subject.probe.shape.layers + 1 }, (_, layer) => layer);
  const alone = await runAlone(subject, spec, pairs);

  // Each layer twice: the counterfactual's vector, then a random one of the same norm.
  const patched = await layScenes(
    subject,
    spec,
    pairs.map(({ original, asked }) => ({
      scene: original,
      asks: [...layers, ...layers].map(() => askIndirectly(asked)),
    })),
  );
  const patches = alone.pairs.flatMap(({ answeredAt }, row): ResidualPatch[] => {
    const { answers } = patched.prompts[row];
    return layers.flatMap((layer) => {
      const vector = alone.run.residual(layer, answeredAt);
      const control = randomLike(vector, seed, indices[row], layer);
      return [
        { layer, row, token: answers[layer].at, vector },
        { layer, row, token: answers[layers.length + layer].at, vector: control },
      ];
    });
  });
  const patchedRun = await subject.probe.run(patched.batch, { residuals: patches });

  return alone.pairs.map(({ pair, own, solved }, row) => {
    const at = (question: number) => answerOf(patchedRun, row * 2 * layers.length + question);
    return {
      pair,
      solved,
      layers: layers.map((layer) => ({
        layer,
        outcome: classify(at(layer), pair),
        control: classify(at(layers.length + layer), pair),
        change: largestChange(at(layer), own),
      })),
    };
  });
}

/** A random direction with the norm of a vector, named by the pair and the layer. */
export function randomLike(vector: Float32Array, seed: number, index: number, layer: number) {
  const draw = new RandomStream([0xc017, seed, index, layer]);
  const random = vector.map(() => draw.normal());
  const scale = Math.hypot(...vector) / Math.hypot(...random);
  return random.map((value) => value * scale);
}

/** Shares of the outcomes at one layer, over the pairs that the model solves. */
export interface LayerSummary {
  readonly layer: number;
  readonly shares: OutcomeShares;
  /** The share of random patches that left the answer alone. */
  readonly controlUnmoved: Proportion;
  /** The smallest of the pairs' largest logit changes; null where no pair is solved. */
  readonly leastChange: number | null;
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
    const unmoved = at.filter(({ control }) => control === 'none');
    return {
      layer,
      shares: sharesOf(at.map(({ outcome }) => outcome)),
      controlUnmoved: proportion(unmoved.length, at.length),
      leastChange: leastOf(at.map(({ change }) => change)),
    };
  });
  const bound = ({ shares }: LayerSummary) => shares.positional.right + shares.symbolic.right;
  const peak = layers.reduce(
    (best, layer) => (bound(layer) > bound(best) ? layer : best),
    layers[0],
  );
  // Of no solved pairs nothing is known.
  const moved = ({ shares: { none } }: LayerSummary) => none.count > 0 && none.accuracy < 0.5;
  const firstCausal = layers.find(moved);
  const ratio = ({ shares }: LayerSummary) =>
    countRatio(shares.symbolic.right, shares.positional.right);
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
