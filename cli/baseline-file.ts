import { existsSync, readFileSync } from 'node:fs';
import stringify from 'json-stringify-pretty-compact';
import { z } from 'zod';
import { baselineSchema, type Baseline } from '../contract/baseline.ts';
import { describeIssues } from '../contract/schema-issues.ts';
import { BaselineError } from '../statistics/recording.ts';
import { writeAtomically } from '../node/files.ts';

/** @throws BaselineError where the file does not exist, or is not a baseline of this version */
export function readBaseline(path: string): Baseline {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
    const reason =
      cause instanceof SyntaxError
        ? `it is not JSON: ${cause.message}`
        : code === 'ENOENT'
          ? 'the file does not exist'
          : (code ?? 'unknown reason');
    throw new BaselineError(`cannot read the baseline ${path}: ${reason}`, { cause });
  }
  const version = z.object({ schema: z.number() }).safeParse(content).data?.schema;
  if (version !== undefined && version !== 1) {
    throw new BaselineError(
      `the baseline ${path} has schema ${version}, but this version reads schema 1: record a new one`,
    );
  }
  const parsed = baselineSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new BaselineError(`${path} is not a valid baseline: ${describeIssues(parsed.error)}`);
}

export function readBaselineIfAny(path: string): Baseline | undefined {
  return existsSync(path) ? readBaseline(path) : undefined;
}

/** Writes one line per number of objects, so that git shows exactly the changes. */
export function writeBaseline(path: string, baseline: Baseline): void {
  writeAtomically(path, `${stringify(baseline, { maxLength: 240 })}\n`);
}
