import { z } from 'zod';
import { interventionDocumentSchema, type InterventionDocument } from './intervention-documents.ts';
import { describeIssues } from './schema-issues.ts';

/** An intervention document in an address: its JSON in base64url (RFC 4648, section 5), without padding. */

/** Browsers and proxies take addresses of some 8,000 characters. */
export const DOCUMENT_TEXT_LENGTH = 6000;

export function writeDocumentText(document: z.input<typeof interventionDocumentSchema>): string {
  const bytes = new TextEncoder().encode(JSON.stringify(document));
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** The JSON of a document in an address. @throws SyntaxError where the text is not one */
export function readDocumentJson(text: string): unknown {
  let bytes: Uint8Array;
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch (cause) {
    throw new SyntaxError('it is not base64url', { cause });
  }
  return JSON.parse(new TextDecoder().decode(bytes));
}

/** @returns the document, or what is wrong with it */
export function parseDocument(read: () => unknown): InterventionDocument | string {
  let content: unknown;
  try {
    content = read();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return `the document is not JSON: ${error.message}`;
  }
  const parsed = interventionDocumentSchema.safeParse(content);
  return parsed.success ? parsed.data : describeIssues(parsed.error);
}

export const documentTextSchema = z
  .string()
  .max(
    DOCUMENT_TEXT_LENGTH,
    `document must have at most ${DOCUMENT_TEXT_LENGTH} characters; send larger ones to /v1/interventions`,
  )
  .regex(/^[A-Za-z0-9_-]+$/, 'document must be the JSON of an intervention document in base64url')
  .superRefine((text, context) => {
    const document = parseDocument(() => readDocumentJson(text));
    if (typeof document === 'string') context.addIssue({ code: 'custom', message: document });
  });
