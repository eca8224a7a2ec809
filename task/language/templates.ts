import type { Modality, Question } from '../spec.ts';

/** A list in a text: `{colour}`, `{shape}` and `{item}` in `each` are replaced by the words of an object. */
export interface ListForm {
  readonly before: string;
  readonly each: string;
  readonly separator: string;
  /** Before the last of several entries. */
  readonly lastSeparator: string;
  readonly after: string;
}

/** A wording of the task. It is data: a new one needs no code. */
export interface Template {
  readonly id: string;
  readonly modality: Modality;
  /** The template of the same wording in the other modality. */
  readonly mirror?: string;
  /** The objects; for pictures, the sentence that says what the picture shows. */
  readonly context: ListForm | string;
  readonly associations: ListForm;
  /** `{asked}` is the colour, or the shape for the questions `association` and `colour`. */
  readonly questions: Readonly<Record<Question, string>>;
  /** What a text that a model continues has after the question. The answer comes next, after a space. */
  readonly answerLead: string;
}

const LINES = { separator: '\n', lastSeparator: '\n', after: '\n\n' };
const SENTENCE = { separator: ', ', lastSeparator: ' and ', after: '. ' };

/** Everything after the context, as lists. */
const LIST = {
  associations: { before: 'Each shape has an item:\n', each: '- {shape}: {item}', ...LINES },
  questions: {
    indirect: 'Which item does the {asked} object have? Answer with the item only, in one word.',
    association: 'Which item does the {asked} have? Answer with the item only, in one word.',
    shape: 'Which shape is {asked}? Answer with the shape only, in one word.',
    colour: 'Which colour is the {asked}? Answer with the colour only, in one word.',
  },
  answerLead: '\nAnswer:',
};

/** Everything after the context, as sentences. */
const SENTENCES = {
  associations: {
    before: 'Each shape belongs to an item: ',
    each: 'the {shape} belongs to the {item}',
    ...SENTENCE,
  },
  questions: {
    indirect: 'Which item does the shape that is {asked} belong to? Reply with one word.',
    association: 'Which item does the {asked} belong to? Reply with one word.',
    shape: 'Which shape is {asked}? Reply with one word.',
    colour: 'Which colour is the {asked}? Reply with one word.',
  },
  answerLead: ' The answer is the',
};

export const TEMPLATES = {
  list: {
    id: 'list',
    modality: 'text',
    mirror: 'picture',
    context: { before: 'Objects:\n', each: '- {colour} {shape}', ...LINES },
    ...LIST,
  },
  sentence: {
    id: 'sentence',
    modality: 'text',
    mirror: 'picture-sentence',
    context: { before: 'On the table there are ', each: 'the {colour} {shape}', ...SENTENCE },
    ...SENTENCES,
  },
  picture: {
    id: 'picture',
    modality: 'image',
    mirror: 'list',
    context: 'The picture shows the objects.\n\n',
    ...LIST,
  },
  'picture-sentence': {
    id: 'picture-sentence',
    modality: 'image',
    mirror: 'sentence',
    context: 'On the table there are the shapes of the picture. ',
    ...SENTENCES,
  },
} as const satisfies Record<string, Template>;
export type TemplateName = keyof typeof TEMPLATES;
export const TEMPLATE_NAMES = Object.keys(TEMPLATES) as [TemplateName, ...TemplateName[]];
