import { fileURLToPath } from 'node:url';

/** The repository, with a slash at its end. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The worker, bundled as it is deployed. */
export const WORKER_DIRECTORY = `${ROOT}dist/worker`;

/** What is deployed beside the worker: the shipped models, and the files of pages. */
export const SHIPPED_DIRECTORY = `${ROOT}dist/assets`;

/** Untrained models for tests, laid out as `models/`, and the files of pages. */
export const FIXTURES_DIRECTORY = `${ROOT}dist/fixtures`;

/** The npm package, ready to be packed. */
export const PACKAGE_DIRECTORY = `${ROOT}dist/package`;
