import type { z } from 'zod';

/** The errors of a schema in one line: `seed: must be a whole number from 0; models.0: …`. */
export const describeIssues = ({ issues }: Pick<z.ZodError, 'issues'>): string =>
  issues
    .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
    .join('; ');
