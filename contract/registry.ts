import { z } from 'zod';
import { bounded } from '../task/spec.ts';
import { fileSchema, modelIdSchema } from './card.ts';
import { aliasNameSchema, PRODUCTION, SHIPPED } from './model-reference.ts';
import { SIGNATURE_FILE } from './model-signing.ts';
import { sha256Schema } from './recipe.ts';
import { inUrl } from './url-parameters.ts';

/** Models published into a running deployment: versions, and aliases that point at them. */

export const REGISTRY_LIMITS = {
  /** A model file with its weights; a worker of 128 MB has room for several. */
  modelBytes: 16 * 2 ** 20,
  /** A graph without weights, an encoder, or probe results. */
  fileBytes: 4 * 2 ** 20,
  cardBytes: 2 ** 20,
  signatureBytes: 2 ** 16,
  /** All files of one upload. */
  uploadBytes: 24 * 2 ** 20,
  aliases: 16,
  /** Versions of one model at a time. */
  versions: 200,
  note: 200,
  /** Recorded changes of one model; the oldest are dropped. */
  changes: 200,
} as const;

const whenSchema = z.iso.datetime();
export const versionNumberSchema = bounded('version', 1, 999_999);

/** What an alias points at: a published version, or the file deployed with the worker. */
export const aliasTargetSchema = z.union([versionNumberSchema, z.literal(SHIPPED)], {
  error: `version must be a whole number from 1 to 999999, or "${SHIPPED}"`,
});
export type AliasTarget = z.infer<typeof aliasTargetSchema>;

/** The files of a version, by name. */
const publishedFilesSchema = z.object({
  'model.onnx': fileSchema,
  'encoder.onnx': fileSchema.nullable(),
});

export const publishedVersionSchema = z
  .object({
    version: versionNumberSchema,
    published: whenSchema,
    note: z.string().nullable(),
    files: publishedFilesSchema,
    signature: sha256Schema.nullable().meta({
      description: `sha256 of ${SIGNATURE_FILE}, or null for an unsigned version. Who signed is on the card.`,
    }),
  })
  .meta({ id: 'PublishedVersion' });
export type PublishedVersion = z.infer<typeof publishedVersionSchema>;

export const aliasSchema = z.object({
  version: aliasTargetSchema,
  since: whenSchema,
  previous: z.array(aliasTargetSchema).meta({
    description: `Previous versions, latest last; "${SHIPPED}" is the file deployed with the worker. A rollback returns to the last one.`,
  }),
});
export type Alias = z.infer<typeof aliasSchema>;

const aliasesSchema = z.record(z.string(), aliasSchema);

export const registeredModelSchema = z
  .object({
    id: modelIdSchema,
    shipped: sha256Schema.nullable().meta({
      description: `sha256 of the model file deployed with the worker (alias ${SHIPPED}), or null.`,
    }),
    aliases: aliasesSchema.meta({
      description: `The bare id selects the version of ${PRODUCTION} or, without that alias, the shipped one.`,
    }),
    versions: z.array(publishedVersionSchema).meta({ description: 'Oldest first.' }),
  })
  .meta({ id: 'RegisteredModel' });
export type RegisteredModel = z.infer<typeof registeredModelSchema>;

/** One recorded change of a model. */
export const registryChangeSchema = z
  .object({
    when: whenSchema,
    who: z.string().meta({ description: 'The name of the write token.' }),
    action: z.enum(['publish', 'promote', 'rollback', 'remove-alias', 'delete']),
    alias: z.string().nullable().meta({ description: 'null where no alias was changed.' }),
    version: aliasTargetSchema
      .meta({
        description: `The version published or deleted, or the one that the alias selects now; "${SHIPPED}" where it selects the file deployed with the worker.`,
      })
      .nullable(),
    from: sha256Schema.nullable().meta({
      description: 'sha256 of the model file selected before, or null for none.',
    }),
    to: sha256Schema.nullable().meta({
      description: 'sha256 of the model file selected after, or null for none.',
    }),
  })
  .meta({ id: 'RegistryChange' });
export type RegistryChange = z.infer<typeof registryChangeSchema>;

export const registryChangesSchema = z.object({
  changes: z
    .array(registryChangeSchema)
    .max(REGISTRY_LIMITS.changes)
    .meta({
      description: `Newest first, at most ${REGISTRY_LIMITS.changes}.`,
    }),
});

export const registrySchema = z.object({ models: z.array(registeredModelSchema) });

/**
 * The object `models/<id>/model.json` in the bucket. A change writes it last, and only if it has not
 * changed since it was read.
 */
export const registryDocumentSchema = z.object({
  schema: z.literal(1),
  id: modelIdSchema,
  /** The number of the next version. No number is used twice. */
  next: versionNumberSchema,
  versions: z.array(
    publishedVersionSchema.extend({
      /** Its files are at `models/<id>/<folder>/…`. */
      folder: z.uuid(),
      /** Digest of the card, which has the digests of the other files. */
      card: sha256Schema,
      probes: sha256Schema.nullable(),
      /** Documents of earlier versions of bindscope do not have it. */
      signature: sha256Schema.nullable().default(null),
    }),
  ),
  aliases: aliasesSchema,
  /** Oldest first. */
  changes: z.array(registryChangeSchema).default([]),
});
export type RegistryDocument = z.infer<typeof registryDocumentSchema>;
export type StoredVersion = RegistryDocument['versions'][number];

// --- Requests ---------------------------------------------------------------------------------------

export const registeredPathSchema = z.object({ id: modelIdSchema.meta({ example: 'text-only' }) });

export const publishedVersionPathSchema = registeredPathSchema.extend({
  version: inUrl(versionNumberSchema).meta({ example: 1 }),
});

export const aliasPathSchema = registeredPathSchema.extend({
  alias: aliasNameSchema.meta({ example: PRODUCTION }),
});

export const publishParametersSchema = z.strictObject({
  alias: aliasNameSchema.optional().meta({ description: 'An alias to point at the new version.' }),
  note: z
    .string()
    .max(REGISTRY_LIMITS.note, `a note must have at most ${REGISTRY_LIMITS.note} characters`)
    .optional()
    .meta({ description: 'Why it is published, such as a commit.' }),
});

/** The parts of an upload as `multipart/form-data`: the files of a model's folder, by name. */
export const UPLOAD_PARTS = {
  'card.json': { required: true, bytes: REGISTRY_LIMITS.cardBytes },
  'model.onnx': { required: true, bytes: REGISTRY_LIMITS.modelBytes },
  'encoder.onnx': { required: false, bytes: REGISTRY_LIMITS.fileBytes },
  'probes.json': { required: false, bytes: REGISTRY_LIMITS.fileBytes },
  [SIGNATURE_FILE]: { required: false, bytes: REGISTRY_LIMITS.signatureBytes },
} as const;
export type UploadPart = keyof typeof UPLOAD_PARTS;

const fromSchema = aliasTargetSchema.nullable().optional().meta({
  description: 'The version it must point at now, null for none; otherwise 409. Without it, any.',
});

export const promoteRequestSchema = z.strictObject({
  version: aliasTargetSchema,
  from: fromSchema,
});

export const rollBackRequestSchema = z.strictObject({
  from: aliasTargetSchema.meta({
    description:
      'The version it must point at now; otherwise 409. A repeated request rolls back only once.',
  }),
});

export const publishResponseSchema = z.object({
  version: versionNumberSchema,
  model: registeredModelSchema,
});
