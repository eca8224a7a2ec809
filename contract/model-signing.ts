import { z } from 'zod';
import { sha256Schema } from './recipe.ts';

/**
 * Signatures of OpenSSF Model Signing with a key: a Sigstore bundle with a DSSE envelope around an in-toto
 * statement, as the package `model-signing` on PyPI writes and reads it.
 */

/** The file of a model's folder that has its signature. */
export const SIGNATURE_FILE = 'model.sig';

export const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';
export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
export const PREDICATE_TYPE = 'https://model_signing/signature/v1.0';

/** Files that the signatures of `model-signing` leave out by default. */
export const IGNORED_PATHS = [SIGNATURE_FILE, '.git', '.gitattributes', '.github', '.gitignore'];

const base64Schema = z.base64();

export const bundleSchema = z.object({
  mediaType: z.literal(BUNDLE_TYPE),
  verificationMaterial: z.object({
    publicKey: z.object({
      /** sha256 of the public key as PEM; signatures of older versions do not have it. */
      hint: sha256Schema.nullish(),
    }),
  }),
  dsseEnvelope: z.object({
    payload: base64Schema,
    payloadType: z.literal(PAYLOAD_TYPE),
    signatures: z.tuple([z.object({ sig: base64Schema })]),
  }),
});

export const statementSchema = z.object({
  _type: z.literal(STATEMENT_TYPE),
  subject: z.tuple([z.object({ name: z.string(), digest: z.object({ sha256: sha256Schema }) })]),
  predicateType: z.literal(PREDICATE_TYPE),
  predicate: z.object({
    serialization: z.object({
      method: z.literal('files'),
      hash_type: z.literal('sha256'),
      allow_symlinks: z.boolean(),
      ignore_paths: z.array(z.string()).optional(),
    }),
    resources: z
      .array(z.object({ name: z.string(), algorithm: z.literal('sha256'), digest: sha256Schema }))
      .min(1)
      .max(1000),
  }),
});
export type Statement = z.infer<typeof statementSchema>;

/** The variable `SIGNING_KEYS`: public keys as PEM, by the name of the signer. */
export const signingKeysSchema = z
  .record(z.string(), z.string(), { error: 'must be a JSON object: public keys as PEM by name' })
  .refine(
    (keys) => Object.keys(keys).every((name) => /^[\w.@+-]{1,64}$/.test(name)),
    'a name must have 1 to 64 letters, digits and ._@+-',
  );
