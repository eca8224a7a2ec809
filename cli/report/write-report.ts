import { appendFileSync } from 'node:fs';
import type { CheckReport } from '../../contract/regression.ts';
import { writeAtomically } from '../../node/files.ts';
import type { Terminal } from '../terminal.ts';
import { annotations, summary } from './github.ts';
import { junitReport } from './junit.ts';
import { tableReport } from './table.ts';

export interface ReportOptions {
  /** A file, or true for standard output. */
  readonly json?: string | true;
  readonly junit?: string;
}

/** Writes a report in the requested formats; on GitHub Actions also as annotations and summary. */
export function writeReport(
  report: CheckReport,
  { json, junit }: ReportOptions,
  { out, env }: Terminal,
): void {
  const text = `${JSON.stringify(report, null, 2)}\n`;
  if (json === true) {
    out(text);
  } else {
    if (json !== undefined) writeAtomically(json, text);
    out(tableReport(report));
    // Annotations are workflow commands on standard output, which must not mix with JSON.
    if (env['GITHUB_ACTIONS'] === 'true') out(annotations(report));
  }
  if (junit !== undefined) writeAtomically(junit, junitReport(report));
  const file = env['GITHUB_STEP_SUMMARY'];
  if (file) appendFileSync(file, summary(report));
}
