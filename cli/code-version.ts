import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { CodeVersion } from '../contract/baseline.ts';
import { currentCommit } from '../node/git-commit.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The version of this package. */
export const VERSION = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))).version;

let code: CodeVersion | undefined;

/** The code that runs. An installed package has no commit: a checkout around it would be another project's. */
export function codeVersion(): CodeVersion {
  if (code) return code;
  const commit = existsSync(`${ROOT}/.git`) ? currentCommit(['.'], ROOT) : 'unknown';
  code = { version: VERSION, commit: commit === 'unknown' ? null : commit };
  return code;
}
