import { existsSync, readFileSync } from 'node:fs';
import stringify from 'json-stringify-pretty-compact';
import { z } from 'zod';
import { baselineSchema, type Baseline } from '../contract/baseline.ts';
import { BaselineError } from '../statistics/regression.ts';
import { writeAtomically } from '../node/files.ts';

/** @throws BaselineError where there is none, or it is not one */
export function readBaseline(path: string): Baseline {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    const why = missing ? 'there is no such file' : 'it is not JSON';
    throw new BaselineError(`the baseline ${path} cannot be read: ${why}`, { cause });
  }
  const version = z.object({ schema: z.number() }).safeParse(content).data?.schema;
  if (version !== undefined && version !== 1) {
    throw new BaselineError(
      `the baseline ${path} has schema ${version}, and this bindscope reads 1: record a new one`,
    );
  }
  const parsed = baselineSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [{ path: at, message }] = parsed.error.issues;
  throw new BaselineError(`the baseline ${path} is not one, at ${at.join('.')}: ${message}`);
}

export function readBaselineIfAny(path: string): Baseline | undefined {
  return existsSync(path) ? readBaseline(path) : undefined;
}

/** One line for each number of objects, so that what changes in git is what changed. */
export function writeBaseline(path: string, baseline: Baseline): void {
  writeAtomically(path, `${stringify(baseline, { maxLength: 240 })}\n`);
}
