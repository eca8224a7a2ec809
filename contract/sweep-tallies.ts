import { z } from 'zod';
import { layerSchema } from './interventions.ts';
import { OUTCOMES } from './probes.ts';

/** What is kept of a part of a sweep: how often each outcome occurred. Tallies of parts can be added. */

const countSchema = z.number().int().min(0);
const countsSchema = z.record(z.enum(OUTCOMES), countSchema);

export const sweepTallySchema = z
  .object({
    pairs: countSchema,
    solved: countSchema.meta({ description: 'Pairs that the unpatched model answers correctly.' }),
    layers: z.array(
      z.object({
        layer: layerSchema,
        outcomes: countsSchema,
        controls: z.object({ random: countsSchema, unrelated: countsSchema }),
        minLogitDelta: z.number().min(0).nullable(),
      }),
    ),
  })
  .meta({ id: 'SweepTally', description: 'Outcomes of the pairs that are solved.' });
export type SweepTally = z.infer<typeof sweepTallySchema>;
