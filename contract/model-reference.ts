import { z } from 'zod';

/**
 * A reference selects one version of a model: `text-only` the one in production, `text-only@3` a
 * published version, `text-only@canary` an alias, `text-only@5b616e2202dd` the model file whose sha256
 * starts with these digits.
 */

const MODEL_ID = '[a-z0-9][a-z0-9-]{0,63}';
const VERSION = '[1-9]\\d{0,5}';
const DIGEST = '[0-9a-f]{12,64}';
const ALIAS = '[a-z][a-z0-9-]{0,31}';

/** The fixed alias of the version deployed with the worker. */
export const SHIPPED = 'shipped';

/** The alias that a bare id selects, where the model has it. */
export const PRODUCTION = 'production';

/** A reference, as a regular expression without anchors. */
export const MODEL_REFERENCE = `${MODEL_ID}(@(${VERSION}|${DIGEST}|${ALIAS}))?`;

export const modelReferenceSchema = z
  .string()
  .regex(
    new RegExp(`^${MODEL_REFERENCE}$`),
    'a model must be an id of 1 to 64 characters of a-z, 0-9 and -, optionally followed by @ and a ' +
      'version number, an alias, or 12 to 64 digits of its sha256',
  );

export const aliasNameSchema = z
  .string()
  .regex(
    new RegExp(`^${ALIAS}$`),
    'an alias must be a letter and up to 31 more characters of a-z, 0-9 and -',
  )
  .refine((alias) => !isDigest(alias), 'an alias must not have the form of a digest')
  .refine((alias) => alias !== SHIPPED, `the alias ${SHIPPED} is reserved`);

/** The part after the `@`. */
export type Selector =
  | { readonly by: 'production' }
  | { readonly by: 'version'; readonly version: number }
  | { readonly by: 'digest'; readonly digest: string }
  | { readonly by: 'alias'; readonly alias: string };

/** Splits a reference, also an invalid one. */
export function parseModelReference(reference: string): { id: string; selector: Selector } {
  const [id = '', ...rest] = reference.split('@');
  return { id, selector: rest.length > 0 ? selectorOf(rest.join('@')) : { by: 'production' } };
}

function selectorOf(text: string): Selector {
  if (new RegExp(`^${VERSION}$`).test(text)) return { by: 'version', version: Number(text) };
  return isDigest(text) ? { by: 'digest', digest: text } : { by: 'alias', alias: text };
}

const isDigest = (text: string) => new RegExp(`^${DIGEST}$`).test(text);

/** Whether a reference always selects the same file. */
export const pinsDigest = (reference: string): boolean =>
  parseModelReference(reference).selector.by === 'digest';
