import { z } from 'zod';
import { objectsSchema } from '../task/spec.ts';
import { compareResponseSchema } from './comparisons.ts';
import { modelReferenceSchema } from './model-reference.ts';
import { problemSchema } from './problems.ts';

/** A comparison as lines of `application/x-ndjson`, sent while it runs. */

/** The answers of all models to one range of queries. */
const outcomesEventSchema = z
  .object({
    event: z.literal('outcomes'),
    start: z.number().int().meta({ description: 'Index of the first query of this range.' }),
    end: z.number().int().meta({
      description:
        'Index after the last query of this range. To continue after a lost connection, send it as start.',
    }),
    total: z.number().int().meta({ description: 'Index after the last query of the comparison.' }),
    models: z.array(
      z.object({
        model: modelReferenceSchema,
        byObjects: z.array(
          z.object({
            objects: objectsSchema,
            correct: z.base64().meta({
              description:
                'One bit for each query, 1 where the answer is correct; the first query has the highest ' +
                'bit of the first byte.',
            }),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'CompareOutcomesEvent' });
export type OutcomesEvent = z.infer<typeof outcomesEventSchema>;

export const compareEventSchema = z
  .discriminatedUnion('event', [
    outcomesEventSchema,
    z.object({ event: z.literal('result'), result: compareResponseSchema }).meta({
      id: 'CompareResultEvent',
      description: 'The last line: the same result as without NDJSON.',
    }),
    z.object({ event: z.literal('problem'), problem: problemSchema }).meta({
      id: 'CompareProblemEvent',
      description: 'The last line where the comparison failed after its start.',
    }),
  ])
  .meta({ id: 'CompareEvent' });
export type CompareEvent = z.infer<typeof compareEventSchema>;
