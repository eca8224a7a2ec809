import { z } from 'zod';
import { base64Of, bytesOfBase64 } from './base64.ts';
import type { interventionDocumentSchema } from './intervention-documents.ts';

/**
 * An intervention document in an address: its JSON in base64url (RFC 4648, section 5), without padding. All
 * pages load this file, so it does not load the schema of documents (parse-document.ts does).
 */

/** Browsers and proxies take addresses of some 8,000 characters. */
export const DOCUMENT_TEXT_LENGTH = 6000;

export function writeDocumentText(document: z.input<typeof interventionDocumentSchema>): string {
  const bytes = new TextEncoder().encode(JSON.stringify(document));
  return base64Of(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** The JSON of a document in an address. @throws SyntaxError where the text is not one */
export function readDocumentJson(text: string): unknown {
  let bytes: Uint8Array;
  try {
    bytes = bytesOfBase64(text.replaceAll('-', '+').replaceAll('_', '/'));
  } catch (cause) {
    throw new SyntaxError('it is not base64url', { cause });
  }
  return JSON.parse(new TextDecoder().decode(bytes));
}

/** The form of the text alone. */
export const documentTextSchema = z
  .string()
  .max(
    DOCUMENT_TEXT_LENGTH,
    `document must have at most ${DOCUMENT_TEXT_LENGTH} characters; send larger ones to /v1/interventions`,
  )
  .regex(/^[A-Za-z0-9_-]+$/, 'document must be the JSON of an intervention document in base64url');
