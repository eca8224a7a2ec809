import version from '../dist/code-version.txt';

/** Hash of everything that decides an answer beside the models (`scripts/asset-plan.ts`). */
export const CODE_VERSION: string = version;
