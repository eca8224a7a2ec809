import type { AssociationOrder } from '../../task/spec.ts';
import type { RecipeSource, StageSource } from './recipe-source.ts';
import { FEW_NAMES, textIn, textStage, UP_TO_8 } from './streams.ts';

/** The task on text, with few names until it is solved, then with all. */
export const textStages = (order: AssociationOrder): [StageSource, StageSource] => [
  {
    name: 'text',
    steps: 5000,
    vocabulary: FEW_NAMES,
    learningRate: { peak: 1e-3, warmupSteps: 100, floor: 0.6 },
    objects: { ...UP_TO_8, start: 2, advanceAt: 0.85, endAt: 0.98 },
    mix: [{ ...textIn(order), share: 1 }],
  },
  textStage('all-names', 1500, 0, order),
];

const [fewNames, allNames] = textStages('context');

/**
 * The paper's text-only model in its purest form. Associations are in the order of the context, so the
 * k-th colour points at the k-th item: perfect in distribution, at chance out of it.
 */
export const textOnly: RecipeSource = {
  description:
    'Text alone, from scratch, 2 to 8 objects, one more whenever the model masters what it has. ' +
    'Associations stand in the order of the context, so that position alone is enough to answer.',
  stages: [fewNames, allNames],
};

const partlyShuffled = (stage: StageSource): StageSource => ({
  ...stage,
  mix: [
    { ...textIn('context'), share: 9 },
    { ...textIn('shuffled'), share: 1 },
  ],
});

/** Does the positional shortcut survive where position is sometimes wrong? The share is our choice. */
export const mixedText: RecipeSource = {
  description:
    'Ablation: as text-only, with the associations shuffled in a tenth of the text, where position ' +
    'does not help.',
  stages: [partlyShuffled(fewNames), partlyShuffled(allNames)],
};
