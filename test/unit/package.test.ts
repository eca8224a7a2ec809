import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as contract from '../../contract/index.ts';
import { ROOT } from '../../build/paths.ts';

it('publishes every schema of contract/ as bindscope/contract', async () => {
  const files = readdirSync(join(ROOT, 'contract')).filter((file) => file !== 'index.ts');
  const modules = await Promise.all(
    files.map((file) => import(join(ROOT, 'contract', file)) as Promise<object>),
  );
  const names = modules.flatMap((module) => Object.keys(module));
  expect(Object.keys(contract).sort()).toEqual(names.sort());
});
