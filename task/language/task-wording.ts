import { COLOURS } from '../colours.ts';
import { ITEMS } from '../items.ts';
import { SHAPES } from '../shapes.ts';
import type { ListForm } from './templates.ts';
import type { WordList } from './word-lists.ts';
import type { Wording } from './word-prompt.ts';

const listUntil = (each: string, marker: string): ListForm => {
  return { before: '', each, separator: ' ', lastSeparator: ' ', after: ` ${marker} ` };
};

const WORDS: WordList = {
  id: 'names',
  colours: COLOURS.map(({ name, rgb }) => ({ word: name, rgb })),
  shapes: SHAPES.map(({ name, path }) => ({ word: name, path })),
  items: ITEMS,
  drawn: { colours: COLOURS.length, shapes: SHAPES.length },
};

/** The text that models of this project read: names and markers, as in the `text` of a query. */
export const TASK_WORDING = {
  template: {
    id: 'task',
    modality: 'text',
    context: listUntil('{colour} {shape}', 'CTX_END'),
    associations: listUntil('{shape} {item}', 'QUE'),
    questions: { indirect: '{asked}', association: '{asked}', shape: '{asked}', colour: '{asked}' },
    answerLead: '',
  },
  words: WORDS,
} as const satisfies Wording;
