import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Runtime } from '../inference/runtime.ts';
import { ShippedModels, type AssetSource } from '../services/catalogue.ts';
import { localDeployment, type Deployment } from '../services/checks/deployment.ts';
import { Models } from '../services/models.ts';

/**
 * The models of a folder with the layout of `models/`, run by the same services as in the worker.
 *
 * @param runtime any ONNX Runtime
 */
export function folderModels(folder: string, runtime: () => Promise<Runtime>): Models {
  const waitUntil = () => undefined;
  const catalogue = new ShippedModels(folderSource(folder), waitUntil);
  return new Models({ catalogue, runtime, waitUntil });
}

/** The same, as something that can be asked and checked. */
export const folderDeployment = (folder: string, runtime: () => Promise<Runtime>): Deployment =>
  localDeployment(folderModels(folder, runtime), folder);

function folderSource(folder: string): AssetSource {
  return {
    locate: (path) => join(folder, path),
    async read(path) {
      try {
        return new Blob([await readFile(join(folder, path))]);
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw error;
      }
    },
  };
}
