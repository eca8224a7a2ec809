import { z } from 'zod';

export type SchemaIssue = z.core.$ZodIssue;

/** The errors of a schema in one line: `seed: must be a whole number from 0; models.0: …`. */
export const describeIssues = ({ issues }: Pick<z.core.$ZodError, 'issues'>): string =>
  issues.flatMap(withinUnion).flatMap(describeIssue).join('; ');

function describeIssue(issue: SchemaIssue): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${[...issue.path, key].join('.')}: there is no such key`);
  }
  const { path, message } = issue;
  return [path.length > 0 ? `${path.join('.')}: ${message}` : message];
}

/**
 * Where no alternative of a union matches: the issues of the alternative that was most likely meant. That
 * is the one with the fewest fields too many, missing or of another type, and then the one with the fewest
 * issues. Alternatives of another type do not count, unless all have one.
 */
export function withinUnion(issue: SchemaIssue): SchemaIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const [meant] = issue.errors
    .filter((alternative) => !alternative.some(isWrongType))
    .sort((a, b) => differentFields(a) - differentFields(b) || a.length - b.length);
  if (!meant) return [issue];
  return meant.flatMap((inner) => withinUnion({ ...inner, path: [...issue.path, ...inner.path] }));
}

const isWrongType = ({ code, path }: SchemaIssue) => code === 'invalid_type' && path.length === 0;

const differentFields = (issues: readonly SchemaIssue[]): number =>
  issues.reduce((sum, issue) => {
    const { path, code } = issue;
    if (path.length === 0 && code === 'unrecognized_keys') return sum + issue.keys.length;
    const isDifferent =
      code === 'invalid_type' ||
      (code === 'invalid_union' && issue.errors.every((errors) => errors.some(isWrongType)));
    return path.length === 1 && isDifferent ? sum + 1 : sum;
  }, 0);

/**
 * For alternatives of a union: without it, zod answers with the one alternative whose only issues are unknown
 * fields, although another one was meant.
 */
export const asAlternative = <S extends z.ZodType>(schema: S): S =>
  schema.check(({ issues }) => {
    issues.push(...issues.splice(0).map((issue) => ({ ...issue, continue: false })));
  });
