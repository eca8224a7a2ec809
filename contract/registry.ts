import { z } from 'zod';
import { bounded } from './api.ts';
import { fileSchema, modelIdSchema } from './card.ts';
import { aliasNameSchema, PRODUCTION, SHIPPED } from './model-reference.ts';
import { sha256Schema } from './recipe.ts';

/** Models that are published into a running deployment: versions, and aliases that point at them. */

export const REGISTRY_LIMITS = {
  /** A model file with its weights: what a worker of 128 MB can hold more than once. */
  modelBytes: 16 * 2 ** 20,
  /** A graph without weights, an encoder, the results of probes. */
  fileBytes: 4 * 2 ** 20,
  cardBytes: 2 ** 20,
  /** All of them in one upload. */
  uploadBytes: 24 * 2 ** 20,
  aliases: 16,
  /** Versions of one model that are kept at a time. */
  versions: 200,
  note: 200,
} as const;

const whenSchema = z.iso.datetime();
export const versionNumberSchema = bounded('version', 1, 999_999);

/** The files of a version, by name. */
const publishedFilesSchema = z.object({
  'model.onnx': fileSchema,
  'probe.onnx': fileSchema,
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
    description: 'Where it pointed before, the latest last: what rolling back goes back to.',
  }),
});
export type Alias = z.infer<typeof aliasSchema>;

const aliasesSchema = z.record(z.string(), aliasSchema);

export const registeredModelSchema = z
  .object({
    id: modelIdSchema,
    shipped: sha256Schema.nullable().meta({
      description: `The model file that came with the deployment, as alias ${SHIPPED}; or null.`,
    }),
    aliases: aliasesSchema.meta({
      description: `Where ${PRODUCTION} points is what the bare id means; else what is shipped.`,
    }),
    versions: z.array(publishedVersionSchema).meta({ description: 'The oldest first.' }),
  })
  .meta({ id: 'RegisteredModel' });
export type RegisteredModel = z.infer<typeof registeredModelSchema>;

export const registrySchema = z.object({ models: z.array(registeredModelSchema) });

/**
 * What the bucket keeps of a model, as one object: `models/<id>/model.json`. Written last of all that
 * a change writes, and only over the state that the change was made of.
 */
export const registryDocumentSchema = z.object({
  schema: z.literal(1),
  id: modelIdSchema,
  /** The number of the next version: none is given out twice. */
  next: versionNumberSchema,
  versions: z.array(
    publishedVersionSchema.extend({
      /** Where its files stand, `models/<id>/<folder>/…`. */
      folder: z.uuid(),
      /** The card's own digest, which holds those of the other files. */
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

const numeral = (text: unknown) =>
  typeof text === 'string' && /^[1-9]\d{0,5}$/.test(text) ? Number(text) : text;

export const publishedVersionPathSchema = registeredPathSchema.extend({
  version: z.preprocess(numeral, versionNumberSchema).meta({ example: 1 }),
});

export const aliasPathSchema = registeredPathSchema.extend({
  alias: aliasNameSchema.meta({ example: PRODUCTION }),
});

export const publishParametersSchema = z.strictObject({
  alias: aliasNameSchema.optional().meta({ description: 'Points at the new version at once.' }),
  note: z
    .string()
    .max(REGISTRY_LIMITS.note, `a note has up to ${REGISTRY_LIMITS.note} characters`)
    .optional()
    .meta({ description: 'Why it was published; a commit, say.' }),
});

/** The parts of an upload, `multipart/form-data`: files of a model's folder under their own names. */
export const UPLOAD_PARTS = {
  'card.json': { required: true, bytes: REGISTRY_LIMITS.cardBytes },
  'model.onnx': { required: true, bytes: REGISTRY_LIMITS.modelBytes },
  'probe.onnx': { required: true, bytes: REGISTRY_LIMITS.fileBytes },
  'encoder.onnx': { required: false, bytes: REGISTRY_LIMITS.fileBytes },
  'probes.json': { required: false, bytes: REGISTRY_LIMITS.fileBytes },
} as const;
export type UploadPart = keyof typeof UPLOAD_PARTS;

const fromSchema = versionNumberSchema.nullable().optional().meta({
  description: 'Where it must point before, null for nowhere; else 409. Without it, anywhere.',
});

export const promoteRequestSchema = z.strictObject({
  version: versionNumberSchema,
  from: fromSchema,
});

export const rollBackRequestSchema = z.strictObject({
  from: versionNumberSchema.meta({
    description: 'Where it points now; else 409. A request that is sent twice goes back once.',
  }),
});

export const publishResponseSchema = z.object({
  version: versionNumberSchema,
  model: registeredModelSchema,
});
