import { zipSync, type Zippable } from 'fflate';
import type { RepositoryFiles } from './repository.ts';

/**
 * Packs files into a ZIP archive. The same files give the same bytes, so that the archive of a model can
 * have a stable hash.
 *
 * @param folder that the archive has the files in
 */
export function zipFiles(folder: string, files: RepositoryFiles): Uint8Array<ArrayBuffer> {
  const entries: Zippable = {};
  for (const [name, content] of files) {
    // Trained weights compress by 8 %, which is not worth the CPU time.
    entries[`${folder}/${name}`] = [content, { level: name.endsWith('.safetensors') ? 0 : 6 }];
  }
  // ZIP stores local times without a time zone; this is the earliest one.
  return zipSync(entries, { mtime: new Date(1980, 0, 1) });
}
