import { execFileSync } from 'node:child_process';

/**
 * Hash of the commit that is checked out, followed by `-dirty` where tracked files in `folders` differ
 * from it; `unknown` outside a git checkout.
 *
 * @param cwd a folder of the checkout
 */
export function currentCommit(folders: readonly string[], cwd = process.cwd()): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd, encoding: 'utf8', stdio: 'pipe' });
  try {
    const changes = git('status', '--porcelain', '--untracked-files=no', '--', ...folders);
    return git('rev-parse', 'HEAD').trim() + (changes ? '-dirty' : '');
  } catch {
    return 'unknown';
  }
}
