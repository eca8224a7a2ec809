import { z } from 'zod';
import { objectsSchema } from '../task/spec.ts';
import { compareResponseSchema } from './api.ts';
import { modelReferenceSchema } from './model-reference.ts';
import { problemSchema } from './problems.ts';

/** A comparison as it goes on: the lines of `application/x-ndjson`. */

export const NDJSON = 'application/x-ndjson';

/** One range of queries, answered by all models. */
const outcomesEventSchema = z.object({
  event: z.literal('outcomes'),
  start: z.number().int().meta({ description: 'Place of the first query of this range.' }),
  end: z.number().int().meta({
    description:
      'Place behind the last one. To go on after a lost connection, ask with this start.',
  }),
  total: z.number().int().meta({ description: 'Place behind the last query of all.' }),
  models: z.array(
    z.object({
      model: modelReferenceSchema,
      byObjects: z.array(
        z.object({
          objects: objectsSchema,
          correct: z.base64().meta({
            description: 'A bit a query, 1 where right, the first the highest of the first byte.',
          }),
        }),
      ),
    }),
  ),
});
export type OutcomesEvent = z.infer<typeof outcomesEventSchema>;

export const compareEventSchema = z
  .discriminatedUnion('event', [
    outcomesEventSchema,
    z.object({ event: z.literal('result'), result: compareResponseSchema }).meta({
      description: 'The last line: the answer that is given without NDJSON.',
    }),
    z.object({ event: z.literal('problem'), problem: problemSchema }).meta({
      description: 'The last line where something went wrong on the way.',
    }),
  ])
  .meta({ id: 'CompareEvent' });
export type CompareEvent = z.infer<typeof compareEventSchema>;
