import { createClient, ProblemError, type ClientOptions } from '../../client/index.ts';
import type { RecordedModel } from '../../contract/baseline.ts';
import type { ModelCard } from '../../contract/card.ts';
import type { InterventionDocument } from '../../contract/intervention-documents.ts';
import type { DocumentResponse } from '../../contract/intervention-results.ts';
import { sweepRequestSchema, type Sweep } from '../../contract/interventions.ts';
import { predictRequestSchema, type PredictResponse } from '../../contract/predictions.ts';
import { modelFacts } from '../../contract/model-facts.ts';
import { problemOf } from '../../contract/problems.ts';
import { SpecError, type Modality } from '../../task/spec.ts';
import { runDocument } from '../intervention-document.ts';
import { runSweep } from '../layer-sweep.ts';
import type { Models } from '../models.ts';
import { runPrediction } from '../prediction.ts';
import { ServiceError } from '../service-error.ts';

/** What a recording asks of models. */
export interface AskedModels {
  /** A URL, a folder, or another name of where the models are. */
  readonly source: string;
  ids(): Promise<string[]>;
  facts(id: string): Promise<AskedFacts>;
  /** One model's answers. @param queries their names */
  predict(model: string, queries: readonly string[]): Promise<{ results: readonly AskedResult[] }>;
  /** @throws ProblemError `probe-not-found` where activations cannot be patched */
  sweep(model: string, sweep: SweepOptions): Promise<Sweep>;
}

export interface AskedFacts extends Pick<RecordedModel, 'vocabulary' | 'grid' | 'digests'> {
  readonly modalities: readonly Modality[];
}

/** A query and the answers to it, of which the first one counts. */
export interface AskedResult {
  readonly query: { readonly text: string; readonly answer: { readonly token: number } };
  readonly answers: readonly {
    readonly answer: { readonly name: string };
    readonly correct: boolean;
  }[];
}

/** Models of a server, or those here. Both throw ProblemError. */
export interface Deployment extends AskedModels {
  card(id: string): Promise<ModelCard>;
  /** One model's answers. @param top how many of the most probable tokens each answer lists */
  predict(model: string, queries: readonly string[], top?: number): Promise<PredictResponse>;
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
    facts: async (id) => factsOf(await client.model(id)),
    predict: (model, queries, top = 1) =>
      client.predict({ models: [model], queries: [...queries], top }),
    sweep: (model, sweep) => client.sweep({ model, sweep }),
    intervene: (document) => client.runDocument(document),
  };
}

/**
 * Models that run here, by the same services that answer requests.
 *
 * @param source what reports call it
 */
export function localDeployment(models: Models, source: string): Deployment {
  return {
    source,
    ids: async () => (await models.list().catch(throwProblem)).map(({ id }) => id),
    card: (id) => models.card(id).catch(throwProblem),
    facts: async (id) => factsOf(await models.card(id).catch(throwProblem)),
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

/** What a recording says about a model, by its card. */
export function factsOf(card: ModelCard): AskedFacts {
  const { vocabulary, grid } = modelFacts(card);
  const { model, encoder } = card.files;
  const digests = { model: model.sha256, encoder: encoder?.sha256 ?? null };
  return { vocabulary, grid, modalities: card.modalities, digests };
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
