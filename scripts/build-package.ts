import { buildPackage } from '../build/package.ts';

/** `npm run build:package`: the npm package in `dist/package`. */
await buildPackage();
