#!/usr/bin/env node
// TypeScript as it stands, so that a clone needs no build. A tsconfig.json of whoever calls is not ours.
import { register } from 'tsx/esm/api';

register({ tsconfig: false });
await import('./main.ts');
