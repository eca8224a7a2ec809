import type { AttributedToken, AttributionFigures } from '../contract/attributions.ts';
import { sixDigits, tokenProbability, tokenResource } from '../inference/token-probability.ts';
import { elementAt } from '../task/element-at.ts';
import { packPrompt, type PackedPrompt } from '../task/prompt.ts';
import type { Scene } from '../task/scene.ts';
import { attributeAnswer, followLayers, strongestTokens } from './attribution.ts';
import type { ProbeSubject } from './prompt-batch.ts';
import type { AskedQuestion } from './question-copies.ts';

/**
 * The attribution of one answer as the API and the pages show it.
 *
 * @param layered how many tokens are cut layer by layer; with 0 the residual stream is not decoded either
 * @param candidateCount most probable tokens to follow through the layers
 */
export async function attributionFigures(
  subject: ProbeSubject,
  question: AskedQuestion,
  { layered, candidates: candidateCount }: { layered: number; candidates: number },
): Promise<AttributionFigures> {
  const { scene, ask, modality, grid } = question;
  const prompt = packPrompt(scene, modality, grid, [ask]);
  const correctAnswer = elementAt(prompt.answers, 0).token;
  const attribution = await attributeAnswer(subject, question);
  const { answer, probabilities, cuts } = attribution;
  const tokens = strongestTokens(attribution, layered);
  const { effects, stream } =
    layered > 0
      ? await followLayers(subject, question, attribution, tokens)
      : { effects: [], stream: [] };
  const candidates = mostProbable(probabilities, candidateCount);
  if (!candidates.includes(correctAnswer)) candidates.push(correctAnswer);
  const objectOf = objectsOfTokens(prompt, scene, grid);
  return {
    answer: tokenProbability(probabilities, answer),
    correct: answer === correctAnswer,
    tokens: cuts.map((cut): AttributedToken => {
      const id = elementAt(prompt.tokens, cut.token);
      return {
        ...tokenResource(id),
        index: cut.token,
        role: elementAt(prompt.roles, cut.token),
        object: objectOf(cut.token),
        effect: sixDigits(cut.effect),
        answer: tokenProbability(cut.probabilities, mostProbable(cut.probabilities, 1)[0] ?? 0),
        probability: sixDigits(elementAt(cut.probabilities, answer)),
        layers: effects[tokens.indexOf(cut.token)]?.map(sixDigits) ?? null,
      };
    }),
    candidates: candidates.map((token) => tokenProbability(probabilities, token)),
    stream: stream.map((decoded, layer) => ({
      layer,
      answer: tokenProbability(decoded, mostProbable(decoded, 1)[0] ?? 0),
      candidates: candidates.map((token) => sixDigits(elementAt(decoded, token))),
    })),
  };
}

/** Token ids, the most probable first; of equal ones the lower id. */
function mostProbable(probabilities: Float64Array, count: number): number[] {
  return Array.from(probabilities, (probability, token) => ({ probability, token }))
    .sort((a, b) => b.probability - a.probability || a.token - b.token)
    .slice(0, count)
    .map(({ token }) => token);
}

/** The index in the context of the object that a token belongs to; null where it belongs to none. */
function objectsOfTokens(
  { roles, tokens }: PackedPrompt,
  { objects, associations }: Scene,
  grid: number,
): (token: number) => number | null {
  const associationStart = roles.indexOf('association-shape');
  return (token) => {
    if (token >= tokens.length) return null;
    switch (elementAt(roles, token)) {
      case 'colour':
      case 'shape':
        return Math.floor(token / 2);
      case 'patch': {
        const found = objects.findIndex(({ row, column }) => row * grid + column === token);
        return found < 0 ? null : found;
      }
      case 'association-shape':
      case 'association-item':
        return associations[Math.floor((token - associationStart) / 2)] ?? null;
      default:
        return null;
    }
  };
}
