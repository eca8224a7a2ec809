import { COLOURS } from '../colours.ts';
import { ITEMS } from '../items.ts';
import { OUTLINES } from '../outlines.ts';
import { SHAPES } from '../shapes.ts';
import { toPathData } from '../geometry.ts';
import type { Vocabulary } from '../spec.ts';
import { COLOUR_WORDS, type ColourWord } from './colour-words.ts';
import { ITEM_WORDS } from './item-words.ts';
import { SHAPE_WORDS } from './shape-words.ts';

/** A shape's word; `path` is SVG path data on a 100 x 100 box, absent where pictures cannot draw it. */
export interface DrawnWord {
  readonly word: string;
  readonly path?: string;
}

/** The words of a query in English. A scene's indices count in these lists. */
export interface WordList {
  /** Says in the name of a query which words it has. */
  readonly id: string;
  readonly colours: readonly ColourWord[];
  readonly shapes: readonly DrawnWord[];
  readonly items: readonly string[];
  /** Pictures draw so many colours and shapes, from the start of the lists, that differ enough to be recognised. */
  readonly drawn: Pick<Vocabulary, 'colours' | 'shapes'>;
}

/** Colours that are far enough from each other to be named in a picture: the first ones of the list. */
const DRAWN_COLOURS = 32;

const outlineOf = (name: string): string => {
  const outline = OUTLINES.find((one) => one.name === name);
  if (!outline) throw new RangeError(`there is no outline ${name}`);
  return toPathData([outline.ring]);
};

/** The words of the task itself. @param spell how a name of the task is written */
export const taskWords = (id: string, spell: (name: string) => string): WordList => ({
  id,
  colours: COLOURS.map(({ name, rgb }) => ({ word: spell(name), rgb })),
  shapes: SHAPES.map(({ name, path }) => ({ word: spell(name), path })),
  items: ITEMS.map(spell),
  drawn: { colours: COLOURS.length, shapes: SHAPES.length },
});

/** `everyday`: words that people use. `task`: the words of the task itself, which all queries of models here have. */
export const WORD_LISTS = {
  everyday: {
    id: 'everyday',
    colours: COLOUR_WORDS,
    shapes: SHAPE_WORDS.map(({ word, outline }) => ({
      word,
      ...(outline !== undefined && { path: outlineOf(outline) }),
    })),
    items: ITEM_WORDS,
    drawn: {
      colours: DRAWN_COLOURS,
      shapes: SHAPE_WORDS.filter(({ outline }) => outline !== undefined).length,
    },
  },
  task: taskWords('task', (name) => name.replaceAll('-', ' ')),
} satisfies Record<string, WordList>;
export type WordListName = keyof typeof WORD_LISTS;
export const WORD_LIST_NAMES = Object.keys(WORD_LISTS) as [WordListName, ...WordListName[]];

/** A word that was left out, because it begins with the same token as one before it. */
export interface DroppedWord {
  readonly word: string;
  readonly sameAs: string;
}

/**
 * Keeps the words whose first tokens differ, so that the first token of an answer says which word it is.
 *
 * @param firstToken the id of the first token of a word, in the place where an answer stands: mostly after a space
 */
export function withDistinctFirstTokens(
  words: readonly string[],
  firstToken: (word: string) => number,
): { readonly kept: string[]; readonly dropped: DroppedWord[] } {
  const first = new Map<number, string>();
  const dropped: DroppedWord[] = [];
  for (const word of words) {
    const token = firstToken(word);
    const sameAs = first.get(token);
    if (sameAs === undefined) first.set(token, word);
    else dropped.push({ word, sameAs });
  }
  return { kept: [...first.values()], dropped };
}

/**
 * The word list for a tokenizer: items with the same first token as an earlier one are left out. Its id gets a
 * hash of the items, where some are left out, because the same indices mean other words then.
 */
export function wordsForTokenizer(
  list: WordList,
  firstToken: (word: string) => number,
): { readonly words: WordList; readonly dropped: readonly DroppedWord[] } {
  const { kept, dropped } = withDistinctFirstTokens(list.items, firstToken);
  if (dropped.length === 0) return { words: list, dropped };
  return { words: { ...list, id: `${list.id}-${hashOf(kept)}`, items: kept }, dropped };
}

/** FNV-1a, 32 bits, as hexadecimal digits. */
function hashOf(words: readonly string[]): string {
  let hash = 0x811c9dc5;
  for (const character of words.join(' '))
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/** The sizes of a list's sets; with `drawn`, only what pictures can draw. */
export const vocabularyOfWords = (list: WordList, drawn: boolean): Vocabulary => ({
  colours: drawn ? list.drawn.colours : list.colours.length,
  shapes: drawn ? list.drawn.shapes : list.shapes.length,
  items: list.items.length,
});
