import { z } from 'zod';

/** The score of a visitor who guessed before the models answered, as an address has it. */
export interface Score {
  /** Questions that were asked. */
  readonly asked: number;
  /** Correct answers of the visitor. */
  readonly visitor: number;
  /** Correct answers of each model, in the order of the page. */
  readonly models: readonly number[];
}

const FORM = /^(\d{1,3}(?:-\d{1,3}){1,2})-of-(\d{1,3})$/;

/** `3-1-4-of-4`: the visitor's correct answers, those of each model, and the number of questions. */
export const writeScore = ({ asked, visitor, models }: Score): string =>
  `${[visitor, ...models].join('-')}-of-${asked}`;

/** The score of a text; undefined where it is none. */
export function readScore(text: string): Score | undefined {
  const [, counts, total] = FORM.exec(text) ?? [];
  if (counts === undefined) return undefined;
  const [visitor = 0, ...models] = counts.split('-').map(Number);
  const asked = Number(total);
  const isPossible = asked > 0 && [visitor, ...models].every((count) => count <= asked);
  return isPossible ? { asked, visitor, models } : undefined;
}

export const scoreTextSchema = z
  .string()
  .regex(FORM, 'score must be like 3-1-4-of-4')
  .refine(
    (text) => readScore(text) !== undefined,
    'score must not have more correct answers than questions',
  )
  .meta({
    description:
      "A visitor's score, which the preview of a link shows: the correct answers of the visitor and of " +
      'each model, and the number of questions.',
    example: '3-1-4-of-4',
  });
