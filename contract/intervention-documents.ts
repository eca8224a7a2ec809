import { z } from 'zod';
import { TOKEN_ROLES } from '../task/prompt.ts';
import { bounded, LIMITS, objectsSchema } from '../task/spec.ts';
import {
  generatedInterventionSchema,
  headSchema,
  inlineInterventionSchema,
  layerSchema,
  sceneParameters,
  sweepRequestSchema,
  tokenIndicesSchema,
} from './interventions.ts';
import { pairObjectsSchema } from './pair-objects.ts';
import { API_LIMITS } from './limits.ts';
import { modelReferenceSchema } from './model-reference.ts';
import { PAIR_OBJECTS } from './probes.ts';
import { queryInputSchema } from './queries.ts';
import { asAlternative } from './schema-issues.ts';

/**
 * Interventions as documents: one JSON document says which activations are read and written in which
 * runs of a model, and what is measured. The same document runs over HTTP, in the command line and on the
 * page that patches.
 */

// --- Sites: activations of a prompt ---------------------------------------------------------------

/** The objects of a pair that have a role, beside their indices. */
export type ObjectRole = (typeof PAIR_OBJECTS)[number];

const roleSchema = z.enum(TOKEN_ROLES, {
  error: `a role of tokens must be one of ${TOKEN_ROLES.join(', ')}`,
});

const tokensSchema = z
  .union([
    roleSchema,
    z.strictObject({
      role: roleSchema,
      object: z.union([bounded('object', 0, LIMITS.objects - 1), z.enum(PAIR_OBJECTS)], {
        error: `an object must be its index in the context, or one of ${PAIR_OBJECTS.join(', ')}`,
      }),
    }),
    tokenIndicesSchema(API_LIMITS.tokensPerSite),
  ])
  .meta({
    description:
      'Tokens of the original: all tokens with a role, the token of one object, or their indices. The ' +
      'tokens with the same indices are read in the other prompts, which all have the same length.',
  });

export const siteSchema = z
  .strictObject({
    layer: layerSchema,
    tokens: tokensSchema.default('asked'),
    head: headSchema
      .optional()
      .meta({ description: 'The output of this head, instead of the residual stream.' }),
  })
  .meta({ id: 'InterventionSite' });
export type Site = z.infer<typeof siteSchema>;

// --- Runs -----------------------------------------------------------------------------------------

/** Runs without writes; `set` is the mean of its queries. */
export const CLEAN_RUNS = ['original', 'counterfactual', 'set'] as const;

const runName = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,31}$/,
    'a run must be named by a letter and up to 31 of a-z, 0-9 and -',
  );

const readFields = {
  at: siteSchema.meta({ description: 'What is written.' }),
  from: runName.meta({
    description:
      'The run that is read: original, counterfactual, set (the mean of the set), or an earlier run.',
  }),
  read: siteSchema.optional().meta({
    description: 'What is read there, of the same kind and number of tokens; by default `at`.',
  }),
};
const factorSchema = z.number({ error: 'factor must be a number' }).min(-1e4).max(1e4);

const writeSchema = z
  .discriminatedUnion(
    'op',
    [
      z
        .strictObject({ op: z.literal('replace'), ...readFields })
        .meta({ id: 'InterventionReplace' }),
      z
        .strictObject({ op: z.literal('add'), ...readFields, factor: factorSchema.default(1) })
        .meta({ id: 'InterventionAdd' }),
      z
        .strictObject({ op: z.literal('scale'), at: readFields.at, factor: factorSchema })
        .meta({ id: 'InterventionScale' }),
      z.strictObject({ op: z.literal('zero'), at: readFields.at }).meta({ id: 'InterventionZero' }),
    ],
    { error: 'op must be one of replace, add, scale, zero' },
  )
  .meta({ id: 'InterventionWrite' });
export type Write = z.infer<typeof writeSchema>;

const runSchema = z.strictObject({
  name: runName,
  writes: z
    .array(writeSchema)
    .min(1, 'writes must have at least 1 entry')
    .max(API_LIMITS.writesPerRun, `writes must have at most ${API_LIMITS.writesPerRun} entries`)
    .meta({
      description:
        'All take effect in one run of the original. Those at the same place apply in this order.',
    }),
});

// --- Metrics --------------------------------------------------------------------------------------

/** Answers that a pair gives a name; every other candidate is the name of a token. */
export const NAMED_CANDIDATES = ['unchanged', 'positional', 'symbolic', 'reflexive'] as const;

const candidateSchema = z
  .string()
  .min(1)
  .max(40)
  .meta({
    description:
      'unchanged (the correct answer to the original), positional, symbolic, reflexive (the correct ' +
      'answer to the counterfactual), or the name of an item, a colour or a shape.',
  });

export const metricSchema = z.union([
  z.strictObject({ probability: candidateSchema }),
  z.strictObject({
    logitDifference: z
      .tuple([candidateSchema, candidateSchema])
      .meta({ description: 'The logit of the first minus that of the second.' }),
  }),
]);
export type Metric = z.infer<typeof metricSchema>;

// --- The document ---------------------------------------------------------------------------------

const documentFields = z.strictObject({
  model: modelReferenceSchema.meta({
    description:
      'Pinned by its digest, such as `text-only@5b616e2202dd`, the document always runs the same file.',
  }),
  original: queryInputSchema.optional().meta({ description: 'The query that every run answers.' }),
  counterfactual: queryInputSchema.optional(),
  sweep: z
    .strictObject({
      objects: pairObjectsSchema,
      pairs: bounded('pairs', 1, API_LIMITS.pairsPerSweep).default(32),
      ...sceneParameters,
    })
    .optional()
    .meta({ description: 'Many generated pairs, instead of an original and a counterfactual.' }),
  set: z
    .union([
      z
        .array(queryInputSchema)
        .min(1, 'set must have at least 1 entry')
        .max(API_LIMITS.queriesPerSet, `set must have at most ${API_LIMITS.queriesPerSet} entries`),
      z.strictObject({
        objects: objectsSchema,
        queries: bounded('queries', 1, API_LIMITS.queriesPerSet).default(32),
        ...sceneParameters,
      }),
    ])
    .optional()
    .meta({ description: 'Queries, named or generated, whose mean activation is a source.' }),
  runs: z
    .array(runSchema)
    .min(1, 'runs must have at least 1 entry')
    .max(
      API_LIMITS.runsPerDocument,
      `runs must have at most ${API_LIMITS.runsPerDocument} entries`,
    ),
  metrics: z
    .array(metricSchema)
    .max(
      API_LIMITS.metricsPerDocument,
      `metrics must have at most ${API_LIMITS.metricsPerDocument} entries`,
    )
    .default([]),
  explain: z
    .boolean()
    .default(false)
    .meta({ description: 'Answer the plan and its cost, and run nothing.' }),
});

export const interventionDocumentSchema = asAlternative(
  documentFields.superRefine((document, context) => {
    for (const { path, message } of documentFaults(document)) {
      context.addIssue({ code: 'custom', path: [...path], message });
    }
  }),
).meta({
  id: 'InterventionDocument',
  example: {
    model: 'image-text',
    sweep: { objects: 8, pairs: 8 },
    runs: [
      { name: 'patched', writes: [{ op: 'replace', at: { layer: 2 }, from: 'counterfactual' }] },
    ],
  },
});
export type InterventionDocument = z.infer<typeof interventionDocumentSchema>;

/** What the parts of a document contradict. */
function* documentFaults(document: z.infer<typeof documentFields>) {
  const { original, counterfactual, sweep, set, runs } = document;
  if ((original === undefined) === (sweep === undefined)) {
    yield { path: ['original'], message: 'send either an original or a sweep' };
  }
  if (sweep && counterfactual !== undefined) {
    yield { path: ['counterfactual'], message: 'a sweep generates the counterfactuals' };
  }
  const given: Readonly<Record<(typeof CLEAN_RUNS)[number], boolean>> = {
    original: true,
    counterfactual: counterfactual !== undefined || sweep !== undefined,
    set: set !== undefined,
  };
  const sources = new Set<string>(CLEAN_RUNS.filter((name) => given[name]));
  for (const [index, { name, writes }] of runs.entries()) {
    for (const [number, write] of writes.entries()) {
      if (!('from' in write)) continue;
      const path = ['runs', index, 'writes', number];
      if (!sources.has(write.from)) {
        const known = [...sources].join(', ');
        const message = `there is no run "${write.from}" before this one; it can be ${known}`;
        yield { path: [...path, 'from'], message };
      }
      if (write.read && (write.read.head === undefined) !== (write.at.head === undefined)) {
        const message = 'read and at must both be heads, or both the residual stream';
        yield { path: [...path, 'read'], message };
      }
    }
    if (sources.has(name) || CLEAN_RUNS.some((clean) => clean === name)) {
      yield { path: ['runs', index, 'name'], message: `the name "${name}" is taken` };
    }
    sources.add(name);
  }
}

export const interventionRequestSchema = z
  .union([
    asAlternative(generatedInterventionSchema),
    asAlternative(inlineInterventionSchema),
    asAlternative(sweepRequestSchema),
    interventionDocumentSchema,
  ])
  .meta({ example: { model: 'image-text', pair: { objects: 8, seed: 1 } } });
export type InterventionRequest = z.infer<typeof interventionRequestSchema>;
