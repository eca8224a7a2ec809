import { execFileSync } from 'node:child_process';

/**
 * The commit that is checked out, marked `-dirty` where files in some folders differ from it; or
 * `unknown` outside a git checkout.
 */
export function currentCommit(folders: readonly string[]): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8', stdio: 'pipe' });
  try {
    const dirty = git('status', '--porcelain', '--untracked-files=no', '--', ...folders);
    return git('rev-parse', 'HEAD').trim() + (dirty ? '-dirty' : '');
  } catch {
    return 'unknown';
  }
}
