import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient, ProblemError, type ClientOptions } from '../client/index.ts';
import { predictRequestSchema, type PredictResponse } from '../contract/api.ts';
import type { ModelCard } from '../contract/card.ts';
import { sweepRequestSchema, type Sweep } from '../contract/interventions.ts';
import { problemSchema } from '../contract/problems.ts';
import type { Runtime } from '../inference/session.ts';
import { SpecError } from '../task/spec.ts';
import { ShippedModels, type AssetSource } from '../services/catalogue.ts';
import { Models } from '../services/models.ts';
import { runPrediction } from '../services/prediction.ts';
import { Problem } from '../services/problem.ts';
import { runSweep } from '../services/layer-sweep.ts';

/**
 * Models that can be asked: those of a server, or those of a folder. Both refuse with the same
 * problems, as ProblemError.
 */
export interface Deployment {
  /** A URL or a folder, as it was given. */
  readonly source: string;
  ids(): Promise<string[]>;
  card(id: string): Promise<ModelCard>;
  /** One model's answers; `top` tells how many of the most probable tokens come along. */
  predict(model: string, queries: readonly string[], top?: number): Promise<PredictResponse>;
  sweep(model: string, sweep: SweepOptions): Promise<Sweep>;
}

export type SweepOptions = Pick<Sweep, 'objects' | 'pairs' | 'seed' | 'modality' | 'order'>;

/** @throws TypeError where the URL is not one of http or https */
export function servedDeployment(url: string, options: Omit<ClientOptions, 'url'>): Deployment {
  const client = createClient({ ...options, url });
  return {
    source: url,
    ids: async () => (await client.models()).map(({ id }) => id),
    card: (id) => client.model(id),
    predict: (model, queries, top = 1) =>
      client.predict({ models: [model], queries: [...queries], top }),
    sweep: (model, sweep) => client.sweep({ model, sweep }),
  };
}

/**
 * The models of a folder laid out as `models/`, run by the code of the worker without a worker.
 *
 * @param runtime any ONNX Runtime
 */
export function folderDeployment(folder: string, runtime: () => Promise<Runtime>): Deployment {
  const waitUntil = () => undefined;
  const catalogue = new ShippedModels(folderSource(folder), waitUntil);
  const models = new Models({ catalogue, runtime, waitUntil });
  return {
    source: folder,
    ids: () => refusing(async () => (await models.list()).map(({ id }) => id)),
    card: (id) => refusing(() => models.card(id)),
    predict: (model, queries, top = 1) =>
      running(() =>
        runPrediction(models, predictRequestSchema.parse({ models: [model], queries, top })),
      ),
    sweep: (model, sweep) =>
      running(() => runSweep(models, sweepRequestSchema.parse({ model, sweep }))),
  };
}

function folderSource(folder: string): AssetSource {
  return {
    async read(path) {
      try {
        return new Blob([await readFile(join(folder, path))]).stream();
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw error;
      }
    },
  };
}

/** What a server would tell its client. */
async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new ProblemError(problemSchema.parse(await error.toResponse(false).json()));
  }
}

/** The same where a model runs: what ONNX Runtime throws would be a 500 of the server. */
async function running<T>(work: () => Promise<T>): Promise<T> {
  return refusing(async () => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Problem || error instanceof SpecError) throw error;
      throw new Problem('internal', error instanceof Error ? error.message : 'unknown', {
        cause: error,
      });
    }
  });
}
