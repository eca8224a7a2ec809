import { z } from 'zod';

/**
 * Which file of a model is meant: `text-only` the one in production, `text-only@3` a published version,
 * `text-only@canary` an alias, `text-only@5b616e2202dd` the one whose sha256 begins so.
 */

const MODEL_ID = '[a-z0-9][a-z0-9-]{0,63}';
const VERSION = '[1-9]\\d{0,5}';
const DIGEST = '[0-9a-f]{12,64}';
const ALIAS = '[a-z][a-z0-9-]{0,31}';

/** The alias that stands for the file that came with the deployment. Nobody can move it. */
export const SHIPPED = 'shipped';

/** The alias that a bare id means, where it is set. */
export const PRODUCTION = 'production';

export const modelReferenceSchema = z
  .string()
  .regex(
    new RegExp(`^${MODEL_ID}(@(${VERSION}|${DIGEST}|${ALIAS}))?$`),
    'a model id is 1 to 64 of a-z, 0-9 and -, behind it perhaps @ and a version, an alias, or 12 to ' +
      '64 digits of its sha256',
  );

export const aliasNameSchema = z
  .string()
  .regex(new RegExp(`^${ALIAS}$`), 'an alias is a letter and up to 31 more of a-z, 0-9 and -')
  .refine((alias) => !isDigest(alias), 'an alias must not look like a digest')
  .refine((alias) => alias !== SHIPPED, `the alias ${SHIPPED} cannot be moved`);

/** What stands behind the `@`. */
export type Selector =
  | { readonly by: 'production' }
  | { readonly by: 'version'; readonly version: number }
  | { readonly by: 'digest'; readonly digest: string }
  | { readonly by: 'alias'; readonly alias: string };

/** The parts of a reference; it need not be a valid one. */
export function parseModelReference(reference: string): { id: string; selector: Selector } {
  const [id, ...rest] = reference.split('@');
  return { id, selector: rest.length > 0 ? selectorOf(rest.join('@')) : { by: 'production' } };
}

function selectorOf(text: string): Selector {
  if (new RegExp(`^${VERSION}$`).test(text)) return { by: 'version', version: Number(text) };
  return isDigest(text) ? { by: 'digest', digest: text } : { by: 'alias', alias: text };
}

const isDigest = (text: string) => new RegExp(`^${DIGEST}$`).test(text);

/** Whether a reference means the same file for ever. */
export const pinsDigest = (reference: string): boolean =>
  parseModelReference(reference).selector.by === 'digest';
