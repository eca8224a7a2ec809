import { documentTextSchema, readDocumentJson } from './document-text.ts';
import { interventionDocumentSchema, type InterventionDocument } from './intervention-documents.ts';
import { describeIssues } from './schema-issues.ts';

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

/** The text of a valid document. */
export const validDocumentTextSchema = documentTextSchema.superRefine((text, context) => {
  const document = parseDocument(() => readDocumentJson(text));
  if (typeof document === 'string') context.addIssue({ code: 'custom', message: document });
});
