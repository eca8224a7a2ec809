import { z } from 'zod';
import { sha256Schema } from './recipe.ts';

/** What a write token may allow. */
export const WRITE_SCOPES = ['publish', 'promote', 'delete', 'save', 'evaluate', 'watch'] as const;
export type WriteScope = (typeof WRITE_SCOPES)[number];

/** `token68` of RFC 7235: what a bearer token consists of. */
export const BEARER_TOKEN = '[\\w.~+/-]+=*';

/** One token, itself or its sha256, and what it allows. */
const writeTokenSchema = z
  .strictObject({
    token: z
      .string()
      .min(16, 'a token must have at least 16 characters')
      .regex(new RegExp(`^${BEARER_TOKEN}$`), 'a token must consist of letters, digits and -._~+/')
      .optional(),
    sha256: sha256Schema.optional(),
    scopes: z
      .array(z.enum(WRITE_SCOPES, { error: `a scope must be one of ${WRITE_SCOPES.join(', ')}` }))
      .min(1, 'a token must have at least one scope'),
  })
  .refine(
    ({ token, sha256 }) => (token === undefined) !== (sha256 === undefined),
    'must have either token or sha256',
  );

const NAME = /^[a-z0-9][a-z0-9._-]{0,39}$/;

/** The secret `WRITE_TOKENS`, by the name of the token's holder. Errors do not quote a wrong name. */
export const writeTokensSchema = z
  .record(z.string(), writeTokenSchema, { error: 'must be a JSON object: tokens by name' })
  .refine(
    (tokens) => Object.keys(tokens).every((name) => NAME.test(name)),
    'a name must have 1 to 40 characters of a-z, 0-9 and ._-',
  );
