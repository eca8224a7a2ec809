import { LIMITS, type AssociationOrder, type Modality, type Vocabulary } from '../../task/spec.ts';
import type { StageSource, StreamKind, StreamSource } from './recipe-source.ts';

/** What the regimes share, so that they differ only in what they are compared by. */

/**
 * Early stages use few colours and shapes: every name is frequent, and both hops form within minutes.
 * The 1,600 coloured shapes are still too many to learn pair by pair.
 */
export const FEW_NAMES: Vocabulary = { colours: 40, shapes: 40, items: LIMITS.items };

/** Never more objects than in distribution. */
export const UP_TO_8 = { from: 2, to: LIMITS.inDistribution } as const;

/**
 * The text of every regime: a third of the questions ask for the first hop, colour to shape.
 *
 * @param order of the associations: in that of the context, position alone is enough to answer
 */
export const textIn = (order: AssociationOrder) =>
  ({
    modality: 'text',
    order,
    questions: { indirect: 2, shape: 1 },
  }) as const satisfies StreamKind;

/**
 * One-hop questions on shuffled text, from few objects upwards, before the task is asked: asked alone on
 * shuffled text, the task stays at chance for thousands of steps.
 */
export const HOPS_ON_SHUFFLED_TEXT: StageSource = {
  name: 'hops',
  steps: 1000,
  vocabulary: FEW_NAMES,
  learningRate: { peak: 3e-3, warmupSteps: 50, floor: 0.6 },
  objects: { from: 1, to: 8, start: 3, advanceAt: 0.85, endAt: 0.96 },
  mix: [{ modality: 'text', order: 'shuffled', share: 1, questions: { hop: 1, association: 1 } }],
};

/** Scenes without an order that the associations could follow: pictures have none. */
const unordered = (modality: Modality) =>
  ({
    modality,
    order: 'shuffled',
    questions: { indirect: 6, shape: 1.5, colour: 0.5, association: 1.5 },
  }) as const satisfies StreamKind;

/** Most gaps that noise leaves in the position ids of a text; without gaps, 32 objects span 130 ids. */
export const NOISE = LIMITS.maxPositionGaps;

/**
 * Text as training streams. With noise, a fifth of it keeps contiguous positions, which otherwise occur
 * once in two hundred contexts.
 *
 * @param maxPositionGaps most gaps in the position ids
 * @param share of all these streams together
 */
export const textWith = (
  maxPositionGaps: number,
  share: number,
  order: AssociationOrder = 'context',
): [StreamSource, ...StreamSource[]] => {
  const text = textIn(order);
  return maxPositionGaps === 0
    ? [{ ...text, share }]
    : [
        { ...text, share: 0.8 * share, maxPositionGaps },
        { ...text, share: 0.2 * share },
      ];
};

/** Scenes where position does not help, and the names of the stages that show them. */
interface UnorderedScenes {
  readonly stream: StreamKind;
  /** The stage of the task itself, with few names. */
  readonly taskStage: string;
  /** The stage that expands the vocabulary. */
  readonly namesStage: string;
}

export const PICTURES: UnorderedScenes = {
  stream: unordered('image'),
  taskStage: 'pictures',
  namesStage: 'picture-names',
};

/** The scenes and questions of `PICTURES`, as text. */
export const SHUFFLED_TEXT: UnorderedScenes = {
  stream: unordered('text'),
  taskStage: 'shuffled',
  namesStage: 'shuffled-names',
};

/** Unordered scenes alone, until the task is solved (paper, "Models and curriculum", 2). */
export const unorderedStages = ({
  stream,
  taskStage,
  namesStage,
}: UnorderedScenes): [StageSource, ...StageSource[]] => [
  {
    // Each hop on its own: feature grounding in both directions, and shape to item. The first hop has
    // the question marker of the task, so that it also runs when the task is asked: learnt under a
    // marker of its own it stays inactive there, and the hops combine late or never. Without scenes of
    // one to three objects at first, no hop forms at all.
    name: 'grounding',
    steps: 1000,
    vocabulary: FEW_NAMES,
    learningRate: { peak: 3e-3, warmupSteps: 50, floor: 0.6 },
    objects: { from: 1, to: 8, start: 3, advanceAt: 0.85, endAt: 0.96 },
    mix: [{ ...stream, share: 1, questions: { hop: 1.5, shape: 1, colour: 0.75, association: 1 } }],
  },
  {
    // The hops combine within a hundred steps while the names stay those of the stage before; with all
    // names at once it took a thousand.
    name: taskStage,
    steps: 1000,
    vocabulary: FEW_NAMES,
    learningRate: { peak: 2e-3, warmupSteps: 20, floor: 0.5 },
    objects: { ...UP_TO_8, start: 3, advanceAt: 0.9, endAt: 0.98 },
    mix: [{ ...stream, share: 1 }],
  },
  {
    // Vocabulary expansion.
    name: namesStage,
    steps: 1000,
    learningRate: { peak: 2e-3, warmupSteps: 20, floor: 0.1 },
    objects: { ...UP_TO_8, start: 4, advanceAt: 0.9, endAt: 0.99 },
    mix: [{ ...stream, share: 1 }],
  },
];

/**
 * Text again, 80 %, with 20 % unordered scenes (paper, "Models and curriculum", 3).
 *
 * @param maxPositionGaps most gaps in the position ids of the text
 */
export const returnToText = (
  maxPositionGaps: number,
  { stream }: UnorderedScenes = PICTURES,
  order: AssociationOrder = 'context',
): StageSource => ({
  name: 'return',
  steps: 2000,
  learningRate: { peak: 1.5e-3, warmupSteps: 20, floor: 0.03 },
  objects: { ...UP_TO_8, start: 3, advanceAt: 0.9 },
  mix: [...textWith(maxPositionGaps, 4, order), { ...stream, share: 1 }],
});

/**
 * Text alone for a number of steps, with two thirds of the learning rate of `returnToText`.
 *
 * @param maxPositionGaps most gaps in the position ids
 */
export const textStage = (
  name: string,
  steps: number,
  maxPositionGaps = 0,
  order: AssociationOrder = 'context',
): StageSource => ({
  name,
  steps,
  learningRate: { peak: 1e-3, warmupSteps: 20, floor: 0.05 },
  objects: { ...UP_TO_8, start: 3, advanceAt: 0.9 },
  mix: textWith(maxPositionGaps, 1, order),
});
