#!/usr/bin/env node
// Runs the TypeScript sources, so that a clone needs no build; the caller's tsconfig.json is not used.
import { register } from 'tsx/esm/api';

register({ tsconfig: false });
await import('./main.ts');
