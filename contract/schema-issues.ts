import type { z } from 'zod';

/** The errors of a schema in one line: `seed: must be a whole number from 0; models.0: …`. */
export const describeIssues = ({ issues }: Pick<z.ZodError, 'issues'>): string =>
  issues.flatMap(describeIssue).join('; ');

function describeIssue(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${[...issue.path, key].join('.')}: there is no such key`);
  }
  const { path, message } = issue;
  return [path.length > 0 ? `${path.join('.')}: ${message}` : message];
}
