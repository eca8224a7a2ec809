import { execFileSync } from 'node:child_process';

/**
 * Hash of the commit that is checked out, followed by `-dirty` where tracked files in `folders` differ
 * from it; `unknown` outside a git checkout.
 */
export function currentCommit(folders: readonly string[]): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8', stdio: 'pipe' });
  try {
    const changes = git('status', '--porcelain', '--untracked-files=no', '--', ...folders);
    return git('rev-parse', 'HEAD').trim() + (changes ? '-dirty' : '');
  } catch {
    return 'unknown';
  }
}
