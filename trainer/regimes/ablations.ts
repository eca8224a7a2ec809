import { imageOnly } from './image-only.ts';
import { imageText } from './image-text.ts';
import type { RecipeSource, StageSource, StreamSource } from './recipe-source.ts';
import { textOnlyShuffled } from './shuffled.ts';
import { textOnly } from './text-only.ts';

/**
 * Measures of our training that the paper does not describe, and the positions. Each ablation is text-only,
 * image-only and image-text without one of them. Stages that end when they are mastered may take three times as many steps.
 */
interface Measure {
  /** Completes "text-only, image-only and image-text …". */
  readonly dropped: string;
  /** What replaces values of the recipes. */
  readonly recipe?: Pick<
    RecipeSource,
    'contextMaskProbability' | 'questionsPerScene' | 'projection' | 'model'
  >;
  readonly stage?: (stage: StageSource) => StageSource;
}

/** Measures that the first stages on text have, too. */
const ON_TEXT = {
  'without-few-names': {
    dropped: 'with the full vocabulary from the first step',
    stage: (stage) => ({ ...stage, vocabulary: undefined }),
  },
  'without-masking': {
    dropped: 'with associations that always attend to the context',
    recipe: { contextMaskProbability: 0 },
  },
  'without-packing': {
    dropped: 'with one question for each scene',
    recipe: { questionsPerScene: 1 },
  },
  'without-growth': {
    dropped: 'with up to 8 objects from the first step of each stage',
    stage: (stage) => ({ ...stage, objects: { ...stage.objects, start: stage.objects.to } }),
  },
  /** The order of tokens is known only from what each may attend to: no list has distances that are new. */
  'without-positions': {
    dropped: 'without rotary or other positions',
    recipe: { model: { ropeBase: 0, absolutePositions: 0 } },
  },
  'without-shape-questions': {
    dropped: 'without questions about shapes on text, the first of the two hops',
    stage: withStreams((stream) =>
      stream.modality === 'text' ? { ...stream, questions: { indirect: 1 } } : stream,
    ),
  },
} as const satisfies Readonly<Record<string, Measure>>;

/** Measures of the stages on pictures alone. */
const ON_PICTURES = {
  'without-hop-marker': {
    dropped: 'with the marker of the question about shapes for all first hops',
    stage: withStreams(({ questions: { hop = 0, shape = 0, ...rest }, ...stream }) => ({
      ...stream,
      questions: hop === 0 ? { ...rest, shape } : { ...rest, shape: hop + shape },
    })),
  },
  'without-aligned-projection': {
    dropped: 'with a random initial projection of the patch features',
    recipe: { projection: 'random' },
  },
} as const satisfies Readonly<Record<string, Measure>>;

/** Names of the measures: image-text has an ablation of each. */
export const ABLATION_MEASURES = Object.keys({ ...ON_TEXT, ...ON_PICTURES });

type TextMeasure = keyof typeof ON_TEXT;
type PictureMeasure = keyof typeof ON_PICTURES;
type AnyMeasure = TextMeasure | PictureMeasure;
type AblationRegime =
  | `text-only-${TextMeasure}`
  | `${'image-only' | 'image-text'}-${AnyMeasure}`
  | 'text-only-shuffled-without-positions';

function withStreams(change: (stream: StreamSource) => StreamSource) {
  return (stage: StageSource): StageSource => ({ ...stage, mix: stage.mix.map(change) });
}

function without<Origin extends string = never>(
  source: RecipeSource<string>,
  { dropped, recipe, stage = (same) => same }: Measure,
  from?: Origin,
): RecipeSource<Origin> {
  const change = (original: StageSource): StageSource => {
    const changed = stage(original);
    return changed.objects.endAt === undefined ? changed : { ...changed, steps: 3 * changed.steps };
  };
  const { projection, contextMaskProbability, description } = source;
  return {
    ...(projection && { projection }),
    ...(contextMaskProbability !== undefined && { contextMaskProbability }),
    ...recipe,
    description: `Ablation: ${from === undefined ? '' : `from ${from}, `}${dropped}. ${description}`,
    ...(from !== undefined && { from }),
    stages: source.stages.map(change),
  };
}

type Table = Readonly<
  Record<AblationRegime, { readonly recipe: RecipeSource<AblationRegime | 'text-only'> }>
>;

/** One entry for each regime and measure. Nothing is shipped: `results/` has the figures of image-text. */
export const ABLATIONS = Object.fromEntries([
  ...Object.entries(ON_TEXT).map(([name, measure]) => [
    `text-only-${name}`,
    { recipe: without(textOnly, measure) },
  ]),
  ...Object.entries({ ...ON_TEXT, ...ON_PICTURES }).flatMap(([name, measure]) => [
    [
      `image-only-${name}`,
      { recipe: without(imageOnly, measure, name in ON_TEXT ? `text-only-${name}` : 'text-only') },
    ],
    [`image-text-${name}`, { recipe: without(imageText, measure, `image-only-${name}`) }],
  ]),
  [
    'text-only-shuffled-without-positions',
    { recipe: without(textOnlyShuffled, ON_TEXT['without-positions']) },
  ],
]) as Table;

/** Whether a regime is another one without a measure of its training. */
export const isAblation = (regime: string): boolean => Object.hasOwn(ABLATIONS, regime);
