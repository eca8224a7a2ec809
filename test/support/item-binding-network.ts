import type { Batch } from '../../task/batch.ts';
import { elementAt } from '../../task/element-at.ts';
import { SPECIAL_TOKENS, TOKEN_COUNT } from '../../task/tokens.ts';
import type { Interventions, ProbeRunner } from '../../probes/runner.ts';

const LAYERS = 4;

/** The layer that binds, and the layer in which the query reads what the items hold. */
const [BINDS, READS] = [1, 3];

/**
 * A network that binds at the items. The residual stream of an item token holds two numbers: the item, and
 * from layer 2 on what its shape is bound to in the context, its colour or its position. The query reads
 * the items before layer 3 and answers with the one that holds the asked colour, or its position.
 */
export function itemBindingNetwork(holds: 'colour' | 'position'): ProbeRunner {
  return {
    shape: { layers: LAYERS, width: 2, heads: 1 },
    run(batch: Batch, { residuals = [] }: Interventions = {}) {
      const { length, tokens, answerIndex } = batch;
      const rowOf = (row: number) => [...tokens.subarray(row * length, (row + 1) * length)];

      /** The stream [item, tag] of an item token before a layer, as patched. */
      const streamOf = (row: number, token: number, layer: number): readonly number[] => {
        const patch = residuals.find(
          (one) => one.row === row && one.token === token && one.layer === layer,
        );
        if (patch) return [...patch.vector];
        const prompt = rowOf(row);
        if (layer === 0) return [elementAt(prompt, token), -1];
        const before = streamOf(row, token, layer - 1);
        if (layer - 1 !== BINDS) return before;
        const shapeAt = prompt.indexOf(elementAt(prompt, token - 1));
        const tag = holds === 'colour' ? elementAt(prompt, shapeAt - 1) : (shapeAt - 1) / 2;
        return [elementAt(before, 0), tag];
      };

      const logits = new Float32Array(answerIndex.length * TOKEN_COUNT);
      answerIndex.forEach((at, answer) => {
        const row = Math.floor(at / length);
        const prompt = rowOf(row);
        const [end, question] = [SPECIAL_TOKENS.CTX_END, SPECIAL_TOKENS.QUE].map((token) =>
          prompt.indexOf(token),
        );
        const asked = elementAt(tokens, at);
        const sought = holds === 'colour' ? asked : prompt.indexOf(asked) / 2;
        for (let token = (end ?? 0) + 2; token < (question ?? 0); token += 2) {
          const [item = 0, tag] = streamOf(row, token, READS);
          const isToken = item >= 0 && item < TOKEN_COUNT;
          if (tag === sought && isToken) logits[answer * TOKEN_COUNT + Math.floor(item)] = 1;
        }
      });
      return Promise.resolve({
        logits,
        residual: (layer, { row, token }) => {
          const prompt = rowOf(row);
          const isItem =
            token > prompt.indexOf(SPECIAL_TOKENS.CTX_END) &&
            token < prompt.indexOf(SPECIAL_TOKENS.QUE) &&
            (token - prompt.indexOf(SPECIAL_TOKENS.CTX_END)) % 2 === 0;
          return Float32Array.from(
            isItem ? streamOf(row, token, layer) : [elementAt(prompt, token), -1],
          );
        },
      });
    },
  };
}
