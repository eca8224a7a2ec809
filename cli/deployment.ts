import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient, ProblemError, type ClientOptions } from '../client/index.ts';
import { predictRequestSchema, type PredictResponse } from '../contract/predictions.ts';
import type { ModelCard } from '../contract/card.ts';
import type { InterventionDocument } from '../contract/intervention-documents.ts';
import type { DocumentResponse } from '../contract/intervention-results.ts';
import { sweepRequestSchema, type Sweep } from '../contract/interventions.ts';
import { problemOf } from '../contract/problems.ts';
import type { Runtime } from '../inference/session.ts';
import { SpecError } from '../task/spec.ts';
import { ShippedModels, type AssetSource } from '../services/catalogue.ts';
import { runDocument } from '../services/intervention-document.ts';
import { Models } from '../services/models.ts';
import { runPrediction } from '../services/prediction.ts';
import { ServiceError } from '../services/service-error.ts';
import { runSweep } from '../services/layer-sweep.ts';

/** Models that the commands query: those of a server or those of a folder. Both throw ProblemError. */
export interface Deployment {
  /** A URL or a folder, as the user gave it. */
  readonly source: string;
  ids(): Promise<string[]>;
  card(id: string): Promise<ModelCard>;
  /** One model's answers. @param top how many of the most probable tokens each answer lists */
  predict(model: string, queries: readonly string[], top?: number): Promise<PredictResponse>;
  sweep(model: string, sweep: SweepOptions): Promise<Sweep>;
  intervene(document: InterventionDocument): Promise<DocumentResponse>;
}

export type SweepOptions = Pick<Sweep, 'objects' | 'pairs' | 'seed' | 'modality' | 'order'>;

/** @throws TypeError where the URL is not an http or https URL */
export function servedDeployment(url: string, options: Omit<ClientOptions, 'url'>): Deployment {
  const client = createClient({ ...options, url });
  return {
    source: url,
    ids: async () => (await client.models()).map(({ id }) => id),
    card: (id) => client.model(id),
    predict: (model, queries, top = 1) =>
      client.predict({ models: [model], queries: [...queries], top }),
    sweep: (model, sweep) => client.sweep({ model, sweep }),
    intervene: (document) => client.runDocument(document),
  };
}

/**
 * The models of a folder with the layout of `models/`, run by the same services as in the worker.
 *
 * @param runtime any ONNX Runtime
 */
export function folderDeployment(folder: string, runtime: () => Promise<Runtime>): Deployment {
  const waitUntil = () => undefined;
  const catalogue = new ShippedModels(folderSource(folder), waitUntil);
  const models = new Models({ catalogue, runtime, waitUntil });
  return {
    source: folder,
    ids: async () => (await models.list().catch(throwProblem)).map(({ id }) => id),
    card: (id) => models.card(id).catch(throwProblem),
    predict: async (model, queries, top = 1) => {
      const request = predictRequestSchema.parse({ models: [model], queries, top });
      return runPrediction(models, request).catch(throwInferenceProblem);
    },
    sweep: async (model, sweep) => {
      const request = sweepRequestSchema.parse({ model, sweep });
      return runSweep(models, request).catch(throwInferenceProblem);
    },
    intervene: (document) => runDocument(models, document).catch(throwInferenceProblem),
  };
}

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

/** Turns an error of a service into the one that a server's client would throw. */
function throwProblem(error: unknown): never {
  if (!(error instanceof ServiceError)) throw error;
  throw new ProblemError(problemOf(error.kind, error.detail, error.errors));
}

/** The same where a model runs: what ONNX Runtime throws would be a 500 of a server. */
function throwInferenceProblem(error: unknown): never {
  if (error instanceof ServiceError || error instanceof SpecError) throwProblem(error);
  const reason = error instanceof Error ? error.message : String(error);
  throw new ProblemError(problemOf('internal', reason));
}
