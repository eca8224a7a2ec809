import { argMax, softmax } from '../inference/logits.ts';
import { elementAt } from '../task/element-at.ts';
import { packPrompt } from '../task/prompt.ts';
import type { ProbeSubject } from './prompt-batch.ts';
import { runCopies, type AskedQuestion } from './question-copies.ts';

/**
 * Which tokens of the scene an answer depends on: the attention of the question's last token is cut to one token
 * at a time, and the answer is asked for again. Both hops of the task are read there, so a model that binds
 * by symbol needs two tokens: the shape of the object asked about, and the item of the association.
 */
export interface Attribution {
  /** The model's own answer, right or wrong; the effects are about it. */
  readonly answer: number;
  /** Probabilities [V] without a cut. */
  readonly probabilities: Float64Array;
  /** One for each token of the context and the associations, in their order. The question itself is not cut. */
  readonly cuts: readonly TokenCut[];
  /** The residual stream [D] before a layer, or after the last, at the question's last token. */
  readonly residual: (layer: number) => Float32Array;
}

/** The answer without attention to one token, in all layers. */
export interface TokenCut {
  /** Its index in the prompt. */
  readonly token: number;
  /** The share of the answer's probability that is lost; negative where the cut adds to it. */
  readonly effect: number;
  /** Probabilities [V] with the cut. */
  readonly probabilities: Float64Array;
}

/** A question is its marker and the word that it asks about. */
const QUESTION_TOKENS = 2;

/** Cuts the attention to every token before the question, one at a time. */
export async function attributeAnswer(
  subject: ProbeSubject,
  question: AskedQuestion,
): Promise<Attribution> {
  const { scene, ask, modality, grid } = question;
  const prompt = packPrompt(scene, modality, grid, [ask]);
  const earlier = Array.from(
    { length: prompt.tokens.length - QUESTION_TOKENS },
    (_, token) => token,
  );
  const layers = [0, subject.probe.shape.layers - 1] as const;
  const cuts = earlier.map((to) => ({ cut: { to, layers } }));
  const { logits, residual } = await runCopies(subject, question, [{}, ...cuts]);
  const [clean, ...cut] = logits.map(softmax);
  const probabilities = clean ?? new Float64Array();
  const answer = argMax(elementAt(logits, 0));
  return {
    answer,
    probabilities,
    cuts: cut.map((ofToken, token) => ({
      token,
      effect: lostShare(probabilities, ofToken, answer),
      probabilities: ofToken,
    })),
    residual,
  };
}

/** How an answer comes about through the layers. */
export interface LayerAttribution {
  /**
   * [tokens][layers] the effect of cutting the attention to a token in this layer and all later ones. It
   * falls at the layers that read the token, and is 0 once nothing more is read from it.
   */
  readonly effects: readonly (readonly number[])[];
  /**
   * [layers + 1] probabilities [V] that the final layer norm and the unembedding read from the residual
   * stream before each layer, and after the last ("logit lens").
   */
  readonly stream: readonly Float64Array[];
}

/**
 * Cuts the attention to some tokens layer by layer, and decodes the residual stream.
 *
 * @param tokens their indices in the prompt
 */
export async function followLayers(
  subject: ProbeSubject,
  question: AskedQuestion,
  { answer, probabilities, cuts, residual }: Attribution,
  tokens: readonly number[],
): Promise<LayerAttribution> {
  const { layers } = subject.probe.shape;
  const stream = Array.from({ length: layers + 1 }, (_, layer) => layer);
  // A cut from the first layer on is the one in all layers.
  const later = stream.slice(1, -1);
  const { logits } = await runCopies(subject, question, [
    ...stream.map((layer) => ({ finalResidual: residual(layer) })),
    ...tokens.flatMap((to) =>
      later.map((first) => ({ cut: { to, layers: [first, layers - 1] as const } })),
    ),
  ]);
  const decoded = logits.map(softmax);
  return {
    effects: tokens.map((token, index) => {
      const start = stream.length + index * later.length;
      const ofLater = decoded.slice(start, start + later.length);
      const effects = ofLater.map((ofCut) => lostShare(probabilities, ofCut, answer));
      return [elementAt(cuts, token).effect, ...effects];
    }),
    stream: decoded.slice(0, stream.length),
  };
}

/** Cutting a token that loses less than this says nothing about layers. */
const MIN_LAYERED_EFFECT = 0.01;

/** The tokens with the largest effects, the largest first; none whose cut loses less than 1 %. */
export function strongestTokens({ cuts }: Attribution, count: number): number[] {
  return cuts
    .filter(({ effect }) => effect >= MIN_LAYERED_EFFECT)
    .sort((a, b) => b.effect - a.effect)
    .slice(0, count)
    .map(({ token }) => token);
}

const lostShare = (clean: Float64Array, cut: Float64Array, token: number) =>
  1 - elementAt(cut, token) / elementAt(clean, token);
