import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const WORKER_DIRECTORY = `${ROOT}dist/worker`;
export const FIXTURES_DIRECTORY = `${ROOT}dist/fixtures`;
