import { TEMPLATE_NAMES, type ListForm } from './templates.ts';
import { taskWords } from './word-lists.ts';
import type { Wording } from './word-prompt.ts';

const listUntil = (each: string, marker: string): ListForm => {
  return { before: '', each, separator: ' ', lastSeparator: ' ', after: ` ${marker} ` };
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
  words: taskWords('names', (name) => name),
} as const satisfies Wording;

/** The names of all wordings: the templates, and the one of this project's models. */
export const WORDING_NAMES = [...TEMPLATE_NAMES, TASK_WORDING.template.id] as const;
export type WordingName = (typeof WORDING_NAMES)[number];
