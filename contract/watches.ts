import { z } from 'zod';
import { bounded, objectsSchema } from '../task/spec.ts';
import { baselineSchema } from './baseline.ts';
import { checkReportSchema } from './regression.ts';
import { SCHEMA_ADDRESSES } from './schema-addresses.ts';
import { localeParameter, themeParameter } from './theme-locale.ts';
import { modelReferenceSchema } from './model-reference.ts';
import { inUrl, timeSchema } from './url-parameters.ts';

/** Watches: checks against a baseline that a deployment repeats on a schedule. */

export const WATCH_LIMITS = {
  /** Of one deployment. */
  watches: 1000,
  name: 80,
  /** Room for the baseline. */
  bodyBytes: 2 ** 19,
  /** The cron starts this often; a run that contradicts the state is repeated after as long. */
  minutes: 15,
  /** Longest time between two runs. */
  days: 7,
  /** Parts that one run may consist of: Cloudflare's free plan allows 1,024 steps of a workflow. */
  steps: 1000,
  /** Of one run. */
  queries: 200_000,
  /** With one number of objects, where the models run here: what one step computes. */
  localQueries: 500,
  /** Changed answers that are kept of a run; all of them are counted. */
  flips: 500,
  /** Days after which a run is deleted. */
  keptDays: 90,
  perPage: 100,
} as const;

/** `unreachable`: the check could not run. The others are the verdicts of `bindscope check`. */
export const WATCH_STATES = ['passing', 'regressed', 'insufficient', 'unreachable'] as const;
export const watchStateSchema = z.enum(WATCH_STATES, {
  error: `state must be one of ${WATCH_STATES.join(', ')}`,
});
export type WatchState = z.infer<typeof watchStateSchema>;

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const EVERY = `every must be a whole number and m, h or d, such as 1h, from ${WATCH_LIMITS.minutes}m to ${WATCH_LIMITS.days}d`;

/** Milliseconds of a time such as `15m`, `1h` or `1d`; undefined where it has another form. */
export function durationOf(text: string): number | undefined {
  const [, count, unit] = /^([1-9]\d{0,4})([mhd])$/.exec(text) ?? [];
  return unit === 'm' || unit === 'h' || unit === 'd' ? Number(count) * UNITS[unit] : undefined;
}

export const everySchema = z
  .string()
  .refine((text) => {
    const duration = durationOf(text) ?? 0;
    return duration >= WATCH_LIMITS.minutes * UNITS.m && duration <= WATCH_LIMITS.days * UNITS.d;
  }, EVERY)
  .meta({ description: 'Time between two runs.', example: '1h', pattern: '^[1-9]\\d{0,4}[mhd]$' });

const addressSchema = (what: string) =>
  z.string().max(2048, `${what} must have at most 2048 characters`);

export const watchIdSchema = z
  .string()
  .regex(/^[0-9a-f]{16}$/, 'a watch id must have 16 digits of 0-9 and a-f');

/** Without its fields in `/openapi.json`: openapi-python-client takes `schema` and `$schema` for one. */
const baselineFileSchema = z
  .looseObject({})
  .pipe(baselineSchema)
  .meta({
    description: `The file that \`bindscope baseline\` writes; \`${SCHEMA_ADDRESSES.baseline}\` describes it.`,
  });

export const createWatchSchema = z
  .strictObject({
    name: z
      .string()
      .trim()
      .min(1, 'name must have at least 1 character')
      .max(WATCH_LIMITS.name, `name must have at most ${WATCH_LIMITS.name} characters`)
      .meta({ description: 'For people, such as `production`.' }),
    url: addressSchema('url').optional().meta({
      description: 'Another deployment, as an https URL. Without it, the models of this one.',
      example: 'https://bindscope.example.workers.dev',
    }),
    baseline: baselineFileSchema,
    every: everySchema.default('1h'),
    webhook: addressSchema('webhook').optional().meta({
      description: 'An https URL that gets a notice of each change. Never shown again.',
    }),
    minimumDetectable: z.number().gt(0).lt(1).optional().meta({
      description: 'Loss of accuracy that every comparison must be able to detect.',
    }),
  })
  .meta({ id: 'NewWatch' });
export type CreateWatchRequest = z.output<typeof createWatchSchema>;

export const watchRunSchema = z.object({
  id: z.string().meta({ description: 'Later runs have greater ids.' }),
  started: z.iso.datetime(),
  finished: z.iso.datetime(),
  outcome: watchStateSchema,
  reason: z.string().nullable().meta({ description: 'Why it did not pass, in one sentence.' }),
  flips: z.number().int().min(0).meta({ description: 'Answers that differ from the baseline.' }),
  report: z
    .string()
    .nullable()
    .meta({
      description:
        'The id of its report (`/v1/watches/{id}/reports/{report}`). Runs that found the same share one; ' +
        'null where the check could not run.',
    }),
});
export type WatchRun = z.infer<typeof watchRunSchema>;

export const watchNoticeSchema = z.object({
  created: z.iso.datetime(),
  from: watchStateSchema.nullable(),
  to: watchStateSchema,
  state: z.enum(['waiting', 'delivered', 'undeliverable']),
  attempts: z.number().int().min(0),
  delivered: z.iso.datetime().nullable(),
  next: z.iso.datetime().nullable().meta({ description: 'When it will be tried again.' }),
  error: z.string().nullable(),
});
export type WatchNotice = z.infer<typeof watchNoticeSchema>;

export const watchSchema = z
  .object({
    id: watchIdSchema.meta({
      description: 'A hash of the request: the same request has the same id.',
    }),
    name: z.string(),
    url: z.string().nullable().meta({ description: 'null: this deployment.' }),
    models: z.array(modelReferenceSchema),
    objects: z.array(objectsSchema),
    every: everySchema,
    created: z.iso.datetime(),
    state: watchStateSchema.nullable().meta({ description: 'null until two runs agree.' }),
    since: z.iso.datetime().nullable().meta({ description: 'The first run that saw this state.' }),
    candidate: watchStateSchema.nullable().meta({
      description:
        'What the last run found, where it is not the state: one more makes it the state.',
    }),
    running: z.boolean(),
    next: z.iso.datetime().meta({ description: 'When it is due.' }),
    last: watchRunSchema.nullable(),
    notifies: z.boolean().meta({ description: 'Whether it has a webhook.' }),
  })
  .meta({ id: 'Watch' });
export type Watch = z.infer<typeof watchSchema>;

export const watchDetailSchema = watchSchema
  .extend({
    notices: z.array(watchNoticeSchema).meta({ description: 'The latest 20, newest first.' }),
    baseline: baselineFileSchema,
  })
  .meta({ id: 'WatchDetail' });
export type WatchDetail = z.infer<typeof watchDetailSchema>;

export const createdWatchSchema = watchSchema.extend({
  secret: z
    .string()
    .nullable()
    .meta({
      description:
        'What signs the notices (Standard Webhooks, `whsec_…`); only in answers to this request. null ' +
        'without a webhook.',
    }),
});

export const watchPathSchema = z.object({
  id: watchIdSchema.meta({ example: '0123456789abcdef' }),
});

export const watchReportPathSchema = watchPathSchema.extend({
  report: z
    .string()
    .regex(/^[0-9a-f]{16}$/, 'a report id must have 16 digits of 0-9 and a-f')
    .meta({ example: 'fedcba9876543210' }),
});

export const watchBadgeSchema = z.object({ locale: localeParameter });

export const watchBadgePathSchema = z.object({
  file: z
    .string()
    .regex(/^[0-9a-f]{16}\.(svg|json)$/, 'a badge must be <watch>.svg or <watch>.json')
    .meta({
      description: 'The id of a watch, with `.svg` or `.json`.',
      example: '0123456789abcdef.svg',
    }),
});

/** Pages ignore unknown parameters: trackers add some to every link. */
export const statusPageSchema = z.object({
  after: watchIdSchema.optional().meta({ description: 'The last watch of the previous page.' }),
});

/** The embed of `/status`: one watch, or the first of all. */
export const embedStatusSchema = z.object({
  watch: watchIdSchema.optional().meta({ description: 'By default the first watches by id.' }),
  theme: themeParameter,
  locale: localeParameter,
});
export type EmbedStatus = z.output<typeof embedStatusSchema>;

const limit = inUrl(bounded('limit', 1, WATCH_LIMITS.perPage)).default(20);

export const listWatchesSchema = z.strictObject({
  state: watchStateSchema.optional(),
  model: modelReferenceSchema.optional().meta({ description: 'Watches of this model.' }),
  limit,
  after: watchIdSchema.optional().meta({ description: 'The last watch of the previous page.' }),
});

export const watchListSchema = z.object({
  watches: z.array(watchSchema).meta({ description: 'By id.' }),
  next: z
    .string()
    .nullable()
    .meta({ description: 'The address of the next page; null on the last one.' }),
});

export const listWatchRunsSchema = z.strictObject({
  outcome: watchStateSchema.optional(),
  from: timeSchema('from').optional(),
  to: timeSchema('to').optional(),
  limit,
  before: z.string().max(64).optional().meta({ description: 'The last run of the previous page.' }),
});

export const watchRunListSchema = z.object({
  runs: z.array(watchRunSchema).meta({ description: 'Newest first.' }),
  next: z
    .string()
    .nullable()
    .meta({ description: 'The address of the next page; null on the last one.' }),
});

/** A line of an export: the watch, then its runs, newest first, then their reports. */
export const exportedWatchSchema = z
  .discriminatedUnion('event', [
    z.object({ event: z.literal('watch'), watch: watchDetailSchema }),
    z.object({ event: z.literal('run'), run: watchRunSchema }),
    z.object({ event: z.literal('report'), id: z.string(), report: checkReportSchema }),
  ])
  .meta({ id: 'ExportedWatch' });
export type ExportedWatch = z.infer<typeof exportedWatchSchema>;
