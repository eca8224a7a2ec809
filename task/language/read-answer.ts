/** How the answer of a language model is read. One rule for all models, so that their figures can be compared. */

/** What an answer is, besides a word of the scene. All but a single word count as wrong. */
export const ANSWER_KINDS = ['word', 'ambiguous', 'refusal', 'empty', 'other'] as const;
export type AnswerKind = (typeof ANSWER_KINDS)[number];

/** An answer that was read: the word of the scene that it names, or why it names none. */
export type ReadAnswer =
  { readonly kind: 'word'; readonly word: string } | { readonly kind: Exclude<AnswerKind, 'word'> };

/** The rule in words, for result files. */
export const READING_RULE =
  'Text up to </think> is dropped. Of the first line that is not empty, the words of the scene that could be answers are ' +
  'looked for, as whole words in upper or lower case. One of them is the answer; several are ambiguous. Where the line has ' +
  'none, the whole text is read in the same way. A text without any is a refusal where it has "sorry", "cannot", ' +
  '"can\'t" or "unable", else other.';

const REFUSAL = /\b(sorry|cannot|can['’]t|unable)\b/i;

/** @param candidates the words of the answer's kind that the scene has */
export function readAnswer(text: string, candidates: readonly string[]): ReadAnswer {
  const answer = text.split('</think>').at(-1) ?? '';
  const line = answer.split('\n').find((one) => one.trim() !== '');
  if (line === undefined) return { kind: 'empty' };
  for (const part of [line, answer]) {
    const words = candidates.filter((word) => hasWord(part, word));
    const [only] = words;
    if (words.length > 1) return { kind: 'ambiguous' };
    if (only !== undefined) return { kind: 'word', word: only };
  }
  return { kind: REFUSAL.test(answer) ? 'refusal' : 'other' };
}

/** Whether a text has a word, not as a part of a longer one. Words here have letters, spaces and hyphens only. */
const hasWord = (text: string, word: string) =>
  new RegExp(`(?<![\\p{L}\\p{N}])${word}(?![\\p{L}\\p{N}])`, 'iu').test(text);
