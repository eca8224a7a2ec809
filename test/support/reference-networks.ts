import type { Batch } from '../../task/batch.ts';
import { SPECIAL_TOKENS, TOKEN_COUNT } from '../../task/tokens.ts';
import type { Interventions, ProbeRunner, ResidualPatch } from '../../probes/runner.ts';
import { elementAt } from '../../task/element-at.ts';

/**
 * A network whose mechanism is known because it is written down. Its residual stream at the query
 * token holds one number: before layer 2 the asked token, before layers 2 and 3 what the first hop
 * found (a place, or a shape), and after layer 3 the item. Layer 1 attends to the colour that was asked
 * about (positional) or to its shape (symbolic), and layer 3 to the item.
 */
type Mechanism = 'positional' | 'symbolic';

const LAYERS = 4;

interface Prompt {
  /** Index of the first association. */
  readonly associationStart: number;
  /** Colour tokens, then the shape token at the same place. */
  readonly colours: readonly number[];
  readonly shapes: readonly number[];
  readonly associations: readonly { readonly shape: number; readonly item: number }[];
}

export function referenceNetwork(mechanism: Mechanism): ProbeRunner {
  /** Whether a layer can attend to a token. */
  type CanRead = (layer: number, token: number) => boolean;
  /** Neither a place nor a token. */
  const NOTHING = -1;
  const firstHop = ({ colours, shapes }: Prompt, asked: number, canRead: CanRead) => {
    const place = colours.indexOf(asked);
    if (!canRead(1, 2 * place + (mechanism === 'positional' ? 0 : 1))) return NOTHING;
    return mechanism === 'positional' ? place : (shapes[place] ?? NOTHING);
  };
  const secondHop = (prompt: Prompt, found: number, canRead: CanRead) => {
    const { associations, associationStart } = prompt;
    const index =
      mechanism === 'positional' ? found : associations.findIndex(({ shape }) => shape === found);
    if (!canRead(3, associationStart + 2 * index + 1)) return NOTHING;
    return associations[index]?.item ?? NOTHING;
  };

  /** The stream at one query token before each layer, with patches put in on the way. */
  const streamOf = (
    prompt: Prompt,
    asked: number,
    patches: readonly ResidualPatch[],
    canRead: CanRead,
  ) => {
    const stream: number[] = [];
    for (let layer = 0; layer <= LAYERS; layer++) {
      const patch = patches.find((candidate) => candidate.layer === layer);
      const before = layer === 0 ? asked : elementAt(stream, layer - 1);
      const computed =
        layer === 2
          ? firstHop(prompt, before, canRead)
          : layer === 4
            ? secondHop(prompt, before, canRead)
            : before;
      stream.push(patch ? Math.round(elementAt(patch.vector, 0)) : computed);
    }
    return stream;
  };

  return {
    shape: { layers: LAYERS, width: 1, heads: 1 },
    run(batch: Batch, { residuals = [], cuts = [] }: Interventions = {}) {
      const { length, tokens, answerIndex } = batch;
      const streams = new Map<number, number[]>();
      const logits = new Float32Array(answerIndex.length * TOKEN_COUNT);
      answerIndex.forEach((at, answer) => {
        const row = Math.floor(at / length);
        const prompt = parsePrompt([...tokens.subarray(row * length, (row + 1) * length)]);
        const mine = residuals.filter((patch) => patch.row * length + patch.token === at);
        const ofQuestion = cuts.filter(({ row: cutRow, from }) => cutRow * length + from === at);
        const canRead: CanRead = (layer, token) =>
          !ofQuestion.some(
            ({ to, layers }) => to === token && layers[0] <= layer && layer <= layers[1],
          );
        const stream = streamOf(prompt, elementAt(tokens, at), mine, canRead);
        streams.set(at, stream);
        const said = elementAt(stream, LAYERS);
        if (said >= 0) logits[answer * TOKEN_COUNT + said] = 1;
      });
      return Promise.resolve({
        logits,
        residual: (layer, { row, token }) =>
          Float32Array.of(streams.get(row * length + token)?.[layer] ?? 0),
      });
    },
  };
}

export function parsePrompt(tokens: readonly number[]): Prompt {
  const end = tokens.indexOf(SPECIAL_TOKENS.CTX_END);
  const question = tokens.indexOf(SPECIAL_TOKENS.QUE);
  const every = (from: number, to: number, step: number) =>
    tokens.slice(from, to).filter((_, place) => place % 2 === step);
  const items = every(end + 1, question, 1);
  return {
    associationStart: end + 1,
    colours: every(0, end, 0),
    shapes: every(0, end, 1),
    associations: every(end + 1, question, 0).map((shape, place) => ({
      shape,
      item: elementAt(items, place),
    })),
  };
}
