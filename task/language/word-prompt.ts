import { elementAt } from '../element-at.ts';
import type { TokenRole } from '../prompt.ts';
import type { Scene } from '../scene.ts';
import type { Question } from '../spec.ts';
import type { ListForm, Template } from './templates.ts';
import type { WordList } from './word-lists.ts';

/** How a query becomes English. */
export interface Wording {
  readonly template: Template;
  readonly words: WordList;
}

/** A word of a prompt that belongs to an object: characters `start` up to but without `end`. */
export interface WordSpan {
  readonly role: Extract<
    TokenRole,
    'colour' | 'shape' | 'association-shape' | 'association-item' | 'asked'
  >;
  /** Index of the object in the context. */
  readonly object: number;
  readonly start: number;
  readonly end: number;
}

/** A query in English; for pictures, the text that goes with the picture. */
export interface WordPrompt {
  readonly text: string;
  /** The text, and the beginning of an answer: what a model that is not a chat model continues. */
  readonly completion: string;
  /** The correct word. In a completion it follows after a space. */
  readonly answer: string;
  /** The words of the answer's kind that the scene has, by object, in context order. */
  readonly candidates: readonly string[];
  /** In `text`, in the order of the text. */
  readonly spans: readonly WordSpan[];
}

/** A question about a scene. */
export interface WordQuestion {
  readonly question: Question;
  /** The object asked about, as its index in the context. */
  readonly object: number;
}

/**
 * Writes a query in English (paper, "The task"): the context, the associations in their order, the question. Scenes of
 * text and of pictures are the same, so a query of one template is the mirror of the same query in another.
 *
 * @throws RangeError where the scene has words that the list lacks
 */
export function writeWordPrompt(
  scene: Pick<Scene, 'objects' | 'associations'>,
  { question, object }: WordQuestion,
  { template, words }: Wording,
): WordPrompt {
  const named = scene.objects.map(({ colour, shape, item }) => ({
    colour: elementAt(words.colours, colour).word,
    shape: elementAt(words.shapes, shape).word,
    item: elementAt(words.items, item),
  }));
  const writer = new Writer();
  const writeList = (form: ListForm, order: readonly number[], roles: Roles) => {
    writer.text(form.before);
    order.forEach((one, index) => {
      if (index > 0) writer.text(index < order.length - 1 ? form.separator : form.lastSeparator);
      writer.format(form.each, elementAt(named, one), roles, one);
    });
    writer.text(form.after);
  };

  const { context, associations } = template;
  if (typeof context === 'string') writer.text(context);
  else writeList(context, [...named.keys()], { colour: 'colour', shape: 'shape' });
  writeList(associations, scene.associations, {
    shape: 'association-shape',
    item: 'association-item',
  });
  const { asked, answer } = PARTS[question];
  const askedWord = { asked: elementAt(named, object)[asked] };
  writer.format(template.questions[question], askedWord, { asked: 'asked' }, object);

  const candidates = named.map((one) => one[answer]);
  return {
    text: writer.written,
    completion: writer.written + template.answerLead,
    answer: elementAt(candidates, object),
    candidates,
    spans: writer.spans,
  };
}

/** What a question names, and what it asks for. */
const PARTS = {
  indirect: { asked: 'colour', answer: 'item' },
  association: { asked: 'shape', answer: 'item' },
  shape: { asked: 'colour', answer: 'shape' },
  colour: { asked: 'shape', answer: 'colour' },
} as const;

type Roles = Readonly<Record<string, WordSpan['role']>>;

/** Writes text and records where words of objects are. */
class Writer {
  written = '';
  readonly spans: WordSpan[] = [];

  text(text: string): void {
    this.written += text;
  }

  /** Writes a format with `{name}` replaced by words. */
  format(format: string, words: Readonly<Record<string, string>>, roles: Roles, object: number) {
    for (const part of format.split(/(\{\w+\})/)) {
      const name = /^\{(\w+)\}$/.exec(part)?.[1] ?? '';
      const [word, role] = [words[name], roles[name]];
      const start = this.written.length;
      this.written += word ?? part;
      if (word !== undefined && role)
        this.spans.push({ role, object, start, end: this.written.length });
    }
  }
}
