import { PAPER_REGIMES, type Regime } from '../trainer/regimes/index.ts';

/** A regime and the one that it is compared with, both of the same seed. */
export interface Contrast {
  readonly before: Regime;
  readonly after: Regime;
}

/** A question of the paper or about it, and what is compared to answer it. */
export interface Question {
  readonly title: string;
  /** What the comparison shows, in plain words. No figures: those are filled in from the data. */
  readonly explanation: string;
  readonly contrasts: readonly Contrast[];
  /** Rows of the question's table of accuracies; every variant that was measured is shown. */
  readonly regimes: readonly Regime[];
}

const contrast = (before: Regime, after: Regime): Contrast => ({ before, after });

/** `docs/results.md` has a section for each. Regimes without a question are in `docs/results/README.md` alone. */
export const QUESTIONS: readonly Question[] = [
  {
    title: 'Do pictures help on longer text?',
    explanation:
      'This is the claim of the paper. All four regimes are asked the same text: up to 8 objects as in ' +
      'training (ID), and more than 8 (OOD). The regimes with `image` in their name also saw pictures in ' +
      'training, never with more than 8 objects.',
    contrasts: [
      contrast('text-only', 'image-text'),
      contrast('noise-text', 'noise-image-text'),
      contrast('image-text', 'noise-image-text'),
    ],
    regimes: PAPER_REGIMES,
  },
  {
    title: 'Do gaps between positions help alone?',
    explanation:
      'The noise regimes train on text with gaps in its position numbers, so that the same place has many ' +
      'numbers. They differ between seeds more than any other regime.',
    contrasts: [contrast('text-only', 'noise-text'), contrast('noise-text', 'image-text')],
    regimes: ['text-only', 'noise-text'],
  },
  {
    title: 'Is it only more training?',
    explanation:
      'The regimes with pictures train for more steps. `text-only-long` is the control: ordered text only, ' +
      'for exactly the steps and answers of `noise-image-text`. The paper has no such control.',
    contrasts: [
      contrast('text-only', 'text-only-long'),
      contrast('text-only-long', 'image-text'),
      contrast('text-only-long', 'noise-image-text'),
    ],
    regimes: ['text-only-long'],
  },
  {
    title: 'Are pictures needed?',
    explanation:
      'A picture has no first object, so its position cannot answer the question. Text with shuffled ' +
      'associations has the same property. `shuffled-text` is `image-text` with such text in place of every ' +
      'picture; `mixed-text` is `text-only` with a tenth of it; `text-symbolic` trains on nothing else, with ' +
      'gaps among the associations. None of the three sees a picture.',
    contrasts: [
      contrast('text-only', 'shuffled-text'),
      contrast('shuffled-text', 'image-text'),
      contrast('text-only', 'mixed-text'),
      contrast('noise-image-text', 'text-symbolic'),
    ],
    regimes: ['shuffled-text', 'mixed-text', 'text-symbolic'],
  },
  {
    title: 'And if associations are shuffled from the first step?',
    explanation:
      'The paper says that associations have an order of their own, and no more. The regimes above take the ' +
      "context's order. The regimes with `-shuffled` in their names take the other reading: all text is " +
      'shuffled from the first step, so position never answers anything, and associations attend to the ' +
      'context in every scene. Otherwise they train as the regimes without it, after one-hop questions. ' +
      '`task-alone-shuffled` has no such help: the task alone, 2 to 8 objects from the first step, and a loss ' +
      'over the whole sequence.',
    contrasts: [
      contrast('text-only', 'text-only-shuffled'),
      contrast('text-only-shuffled', 'noise-text-shuffled'),
      contrast('text-only-shuffled', 'image-text-shuffled'),
      contrast('noise-text-shuffled', 'noise-image-text-shuffled'),
      contrast('image-text-shuffled', 'noise-image-text-shuffled'),
    ],
    regimes: [
      'text-only-shuffled',
      'noise-text-shuffled',
      'image-text-shuffled',
      'noise-image-text-shuffled',
      'task-alone-shuffled',
    ],
  },
  {
    title: 'Is it the position numbers?',
    explanation:
      'In lists that are longer than in training, the numbers of positions and the distances between them are ' +
      'new. The regimes with `-without-positions` in their names train as those without it, and have no such ' +
      'numbers: their models know the order of tokens only from which of them come before.',
    contrasts: [
      contrast('text-only', 'text-only-without-positions'),
      contrast('text-only-shuffled', 'text-only-shuffled-without-positions'),
      contrast('image-text', 'image-text-without-positions'),
      contrast('text-only-without-positions', 'image-text-without-positions'),
    ],
    regimes: [
      'text-only-without-positions',
      'image-text-without-positions',
      'text-only-shuffled-without-positions',
    ],
  },
  {
    title: 'Does it last when training continues on text alone?',
    explanation:
      'The two `persistence` regimes continue a model with pictures on ordered text alone, which position ' +
      'can answer. If the old strategy were preferred, it could return.',
    contrasts: [
      contrast('image-text', 'image-text-persistence'),
      contrast('noise-image-text', 'noise-image-text-persistence'),
    ],
    regimes: ['image-text-persistence', 'noise-image-text-persistence'],
  },
  {
    title: 'Must text come before pictures?',
    explanation:
      '`scratch-image-text` begins with pictures, without any text before. `donor-embeddings-image-text` ' +
      "starts from `text-only` with the token embeddings of another seed's model, so its layers know the " +
      'task and not these words. The stages have the same lengths as in `image-text`; longer ones were not ' +
      'tried.',
    contrasts: [
      contrast('image-text', 'scratch-image-text'),
      contrast('image-text', 'donor-embeddings-image-text'),
    ],
    regimes: ['scratch-image-text', 'donor-embeddings-image-text'],
  },
  {
    title: 'What can a model do before text returns?',
    explanation:
      'These models were measured after the stages on pictures alone. They have no comparison: text returns ' +
      'in the regimes above.',
    contrasts: [],
    regimes: [
      'image-only',
      'noise-image-only',
      'image-only-shuffled',
      'noise-image-only-shuffled',
      'scratch-image-only',
      'donor-embeddings-image-only',
    ],
  },
];

/** All comparisons, each once. */
export const CONTRASTS: readonly Contrast[] = QUESTIONS.flatMap(({ contrasts }) => contrasts);
