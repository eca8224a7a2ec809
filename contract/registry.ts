import { z } from 'zod';
import { bounded } from '../task/spec.ts';
import { fileSchema, modelIdSchema } from './card.ts';
import { aliasNameSchema, PRODUCTION, SHIPPED } from './model-reference.ts';
import { sha256Schema } from './recipe.ts';
import { inUrl } from './url-parameters.ts';

/** Models published into a running deployment: versions, and aliases that point at them. */

export const REGISTRY_LIMITS = {
  /** A model file with its weights; a worker of 128 MB has room for several. */
  modelBytes: 16 * 2 ** 20,
  /** A graph without weights, an encoder, or probe results. */
  fileBytes: 4 * 2 ** 20,
  cardBytes: 2 ** 20,
  /** All files of one upload. */
  uploadBytes: 24 * 2 ** 20,
  aliases: 16,
  /** Versions of one model at a time. */
  versions: 200,
  note: 200,
} as const;

const whenSchema = z.iso.datetime();
export const versionNumberSchema = bounded('version', 1, 999_999);

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
  })
  .meta({ id: 'PublishedVersion' });
export type PublishedVersion = z.infer<typeof publishedVersionSchema>;

export const aliasSchema = z.object({
  version: versionNumberSchema,
  since: whenSchema,
  previous: z.array(versionNumberSchema).meta({
    description: 'Previous versions, latest last. A rollback returns to the last one.',
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
    }),
  ),
  aliases: aliasesSchema,
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
} as const;
export type UploadPart = keyof typeof UPLOAD_PARTS;

const fromSchema = versionNumberSchema.nullable().optional().meta({
  description: 'The version it must point at now, null for none; otherwise 409. Without it, any.',
});

export const promoteRequestSchema = z.strictObject({
  version: versionNumberSchema,
  from: fromSchema,
});

export const rollBackRequestSchema = z.strictObject({
  from: versionNumberSchema.meta({
    description:
      'The version it must point at now; otherwise 409. A repeated request rolls back only once.',
  }),
});

export const publishResponseSchema = z.object({
  version: versionNumberSchema,
  model: registeredModelSchema,
});
