import version from '../dist/code-version.txt';

/** Hash of everything that responses depend on, except the models (`build/assets.ts`). */
export const CODE_VERSION: string = version;
