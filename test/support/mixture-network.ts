import type { ProbeRunner } from '../../probes/runner.ts';
import type { Batch } from '../../task/batch.ts';
import { elementAt } from '../../task/element-at.ts';
import { TOKEN_COUNT } from '../../task/tokens.ts';
import { parsePrompt } from './reference-networks.ts';

/** How a network divides the probability of its answer, as it is written down. */
export interface PlantedMixture {
  readonly positional: number;
  readonly symbolic: number;
  readonly reflexive: number;
  /** Of all items alike. */
  readonly uniform: number;
  /** Standard deviation of the position that it points to, in places. */
  readonly spread: number;
}

const LAYERS = 2;

/**
 * A network whose stream at the query holds what it found, from layer 1 on: the place, the shape there, and the item
 * of that shape. The answer mixes three ways to read it.
 */
export function mixtureNetwork(planted: PlantedMixture): ProbeRunner {
  return {
    shape: { layers: LAYERS, width: 3, heads: 1 },
    run(batch: Batch, { residuals = [] } = {}) {
      const { length, tokens, answerIndex } = batch;
      const streams = new Map<number, Float32Array[]>();
      const logits = new Float32Array(answerIndex.length * TOKEN_COUNT).fill(-Infinity);
      answerIndex.forEach((at, answer) => {
        const row = Math.floor(at / length);
        const { colours, shapes, associations } = parsePrompt([
          ...tokens.subarray(row * length, (row + 1) * length),
        ]);
        const itemOf = (shape: number) =>
          associations.find((association) => association.shape === shape)?.item ?? -1;
        const place = colours.indexOf(elementAt(tokens, at));
        const found = elementAt(shapes, place);
        const clean = [
          Float32Array.of(0, 0, 0),
          ...Array.from({ length: LAYERS }, () => Float32Array.of(place, found, itemOf(found))),
        ];
        const patch = residuals.find((one) => one.row * length + one.token === at && one.layer > 0);
        const stream = clean.map((vector, layer) =>
          patch && layer >= patch.layer ? patch.vector : vector,
        );
        streams.set(at, stream);
        const read = elementAt(stream, LAYERS);
        const distance = (index: number) => index - elementAt(read, 0);
        const density = shapes.map((_, index) =>
          Math.exp(-(distance(index) ** 2) / (2 * planted.spread ** 2)),
        );
        const total = density.reduce((sum, value) => sum + value, 0);
        shapes.forEach((shape, index) => {
          const item = itemOf(shape);
          const probability =
            (planted.positional * elementAt(density, index)) / total +
            (shape === elementAt(read, 1) ? planted.symbolic : 0) +
            (item === elementAt(read, 2) ? planted.reflexive : 0) +
            planted.uniform / shapes.length;
          logits[answer * TOKEN_COUNT + item] = Math.log(probability);
        });
      });
      return Promise.resolve({
        logits,
        residual: (layer, { row, token }) =>
          streams.get(row * length + token)?.[layer] ?? new Float32Array(3),
      });
    },
  };
}
