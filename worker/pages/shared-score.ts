import type { SiteModel } from '../../contract/pages.ts';
import type { Score } from '../../contract/score.ts';
import { textResult } from '../../site/explorer/text-result.ts';
import { percent } from '../../site/lib/format.ts';

/** What a shared score says: in the texts of a link, and in its picture. */
export interface SharedScore {
  /** `I answered 3 of 4 questions correctly` */
  readonly headline: string;
  /** The models by name, with their correct answers. */
  readonly models: readonly { readonly name: string; readonly correct: number }[];
  /** What the game shows, with the figures of the models. */
  readonly claim: string;
}

/** @param models those that answered, in the order of the score */
export function sharedScore(
  { asked, visitor, models: scores }: Score,
  models: readonly SiteModel[],
): SharedScore {
  const beyond = models.flatMap((model) => {
    const result = textResult(model);
    return result ? [`${model.id} ${percent(result.ood.accuracy)}`] : [];
  });
  return {
    headline: `I answered ${visitor} of ${asked} ${asked === 1 ? 'question' : 'questions'} correctly`,
    models: scores.map((correct, index) => ({
      name: models[index]?.id ?? 'another model',
      correct,
    })),
    claim:
      'Training on pictures can make a network better at text. With longer lists than in training, they ' +
      `answer correctly: ${beyond.join(', ')}. Guess before they do.`,
  };
}
