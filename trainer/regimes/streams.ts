import { LIMITS, type Modality, type Vocabulary } from '../../task/spec.ts';
import type { RecipeSource } from './index.ts';

type StageSource = RecipeSource['stages'][number];
type StreamSource = StageSource['mix'][number];

/**
 * What the regimes have in common, so that they differ in what they are compared by and in nothing
 * else.
 */

/**
 * Early stages see few colours and shapes: every name comes often, and both hops form in minutes. 1,600
 * coloured shapes are still too many to learn pair by pair.
 */
export const FEW_NAMES: Vocabulary = { colours: 40, shapes: 40, items: LIMITS.items };

/** Never more than what is called in distribution. */
export const UP_TO_8 = { from: 2, to: LIMITS.inDistribution } as const;

/**
 * The text of every regime. Associations stand in the context's order, so that position alone is
 * enough to answer; a third of the questions ask for the first hop, colour to shape.
 */
export const TEXT = {
  modality: 'text',
  order: 'context',
  questions: { indirect: 2, shape: 1 },
} as const satisfies Omit<StreamSource, 'share'>;

/** Scenes whose objects have no order that the associations could follow: pictures have none anyway. */
const withoutOrder = (modality: Modality) =>
  ({
    modality,
    order: 'shuffled',
    questions: { indirect: 6, shape: 1.5, colour: 0.5, association: 1.5 },
  }) as const satisfies Omit<StreamSource, 'share'>;

/** Gaps that noise leaves in the text's position ids; within the text alone, 32 objects span 130 ids. */
export const NOISE = LIMITS.maxPositionGaps;

/**
 * Text as training streams. With noise, a fifth keeps the positions of text without gaps, which else come
 * once in two hundred contexts.
 *
 * @param maxPositionGaps most gaps in the position ids
 * @param share of all of it
 */
export const textWith = (
  maxPositionGaps: number,
  share: number,
): [StreamSource, ...StreamSource[]] =>
  maxPositionGaps === 0
    ? [{ ...TEXT, share }]
    : [
        { ...TEXT, share: 0.8 * share, maxPositionGaps },
        { ...TEXT, share: 0.2 * share },
      ];

/** Scenes that position does not help with, and what the stages that show them are called. */
interface Unordered {
  readonly stream: Omit<StreamSource, 'share'>;
  readonly task: string;
  readonly names: string;
}

export const PICTURES: Unordered = {
  stream: withoutOrder('image'),
  task: 'pictures',
  names: 'picture-names',
};

/** The same scenes and questions as pictures, in words. */
export const SHUFFLED_TEXT: Unordered = {
  stream: withoutOrder('text'),
  task: 'shuffled',
  names: 'shuffled-names',
};

/** Pictures alone, or what stands for them, until the task is solved (paper, "Models and curriculum", 2). */
export const unorderedStages = ({
  stream,
  task,
  names,
}: Unordered): [StageSource, ...StageSource[]] => [
  {
    // Each hop by itself: feature grounding in both directions, shape to item. The first hop carries
    // the marker of the task, so that it runs when the task is asked: learnt under a marker of its
    // own it stays silent then, and the hops join late or never. One to three objects at first, else
    // no hop forms at all.
    name: 'grounding',
    steps: 1000,
    vocabulary: FEW_NAMES,
    learningRate: { peak: 3e-3, warmupSteps: 50, floor: 0.6 },
    objects: { from: 1, to: 8, start: 3, advanceAt: 0.85, endAt: 0.96 },
    mix: [{ ...stream, share: 1, questions: { hop: 1.5, shape: 1, colour: 0.75, association: 1 } }],
  },
  {
    // The hops join within a hundred steps while the names are those they were learnt with; with all
    // names at once it took a thousand.
    name: task,
    steps: 1000,
    vocabulary: FEW_NAMES,
    learningRate: { peak: 2e-3, warmupSteps: 20, floor: 0.5 },
    objects: { ...UP_TO_8, start: 3, advanceAt: 0.9, endAt: 0.98 },
    mix: [{ ...stream, share: 1 }],
  },
  {
    // Vocabulary expansion.
    name: names,
    steps: 1000,
    learningRate: { peak: 2e-3, warmupSteps: 20, floor: 0.1 },
    objects: { ...UP_TO_8, start: 4, advanceAt: 0.9, endAt: 0.99 },
    mix: [{ ...stream, share: 1 }],
  },
];

/**
 * Back to text with a share of pictures (paper, "Models and curriculum", 3), or of what stands for them.
 *
 * @param maxPositionGaps most gaps in the text's position ids
 */
export const returnToText = (
  maxPositionGaps: number,
  { stream }: Unordered = PICTURES,
): StageSource => ({
  name: 'return',
  steps: 2000,
  learningRate: { peak: 1.5e-3, warmupSteps: 20, floor: 0.03 },
  objects: { ...UP_TO_8, start: 3, advanceAt: 0.9 },
  mix: [...textWith(maxPositionGaps, 4), { ...stream, share: 1 }],
});

/**
 * Text alone, for as long as a stage says, with two thirds of the learning rate of the return.
 *
 * @param maxPositionGaps most gaps in the position ids
 */
export const textStage = (name: string, steps: number, maxPositionGaps = 0): StageSource => ({
  name,
  steps,
  learningRate: { peak: 1e-3, warmupSteps: 20, floor: 0.05 },
  objects: { ...UP_TO_8, start: 3, advanceAt: 0.9 },
  mix: textWith(maxPositionGaps, 1),
});
