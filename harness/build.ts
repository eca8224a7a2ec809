import { copyPages } from '../build/assets.ts';
import { FIXTURES_DIRECTORY } from '../build/paths.ts';
import { buildWorker } from '../build/worker.ts';
import buildMiniatureModels from './miniature-models.ts';

/** The worker as it would be deployed, and the miniature models with the files of pages beside them. */
export default async function build(): Promise<void> {
  await buildWorker();
  await buildMiniatureModels();
  copyPages(FIXTURES_DIRECTORY);
}
