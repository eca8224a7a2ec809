import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const WORKER_DIRECTORY = `${ROOT}dist/worker`;
export const FIXTURES_DIRECTORY = `${ROOT}dist/fixtures`;
/** What is deployed beside the worker: the shipped models, and the files of pages. */
export const SHIPPED_DIRECTORY = `${ROOT}dist/assets`;
