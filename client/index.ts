import { z } from 'zod';
import {
  compareResponseSchema,
  type CompareRequest,
  type CompareResponse,
} from '../contract/comparisons.ts';
import {
  attributionResponseSchema,
  type attributionRequestSchema,
  type AttributionResponse,
} from '../contract/attributions.ts';
import { deploymentSchema, type DeploymentDescription } from '../contract/deployment.ts';
import { modelListSchema, servedCardSchema, type ModelSummary } from '../contract/models.ts';
import {
  predictResponseSchema,
  type predictRequestSchema,
  type PredictResponse,
} from '../contract/predictions.ts';
import {
  queryListSchema,
  querySchema,
  type listQueriesSchema,
  type QueryResource,
} from '../contract/queries.ts';
import { compareEventSchema, type CompareEvent } from '../contract/comparison-stream.ts';
import { type interventionDocumentSchema } from '../contract/intervention-documents.ts';
import { documentResponseSchema, type DocumentResponse } from '../contract/intervention-results.ts';
import {
  interventionSchema,
  sweepSchema,
  type generatedInterventionSchema,
  type inlineInterventionSchema,
  type Intervention,
  type Sweep,
  type sweepRequestSchema,
} from '../contract/interventions.ts';
import {
  knockoutResponseSchema,
  type knockoutRequestSchema,
  type KnockoutResponse,
} from '../contract/knockouts.ts';
import {
  compareProbesResponseSchema,
  probesResponseSchema,
  type CompareProbesResponse,
} from '../contract/probe-results.ts';
import { serverReadySchema } from '../contract/open-inference.ts';
import type { ProbeSection } from '../contract/probes.ts';
import { evaluationsClient, type EvaluationsClient } from './evaluations.ts';
import { historyClient, type HistoryClient } from './history.ts';
import { registryClient, type RegistryClient } from './registry.ts';
import { watchesClient, type WatchesClient } from './watches.ts';
import { Transport, type ApiRequest, type ClientOptions } from './transport.ts';

export { ContractError, ProblemError, UnreachableError } from './errors.ts';
export { CLIENT_DEFAULTS, type ClientOptions } from './transport.ts';

/** Parameters of which only some are required. */
type PartlyRequired<T, Required extends keyof T> = Pick<T, Required> & Partial<Omit<T, Required>>;

/** The API as functions; requests and responses have the types of `contract/`, which also parses them. */
export interface Client {
  models(): Promise<readonly ModelSummary[]>;
  model(id: string): Promise<z.output<typeof servedCardSchema>>;
  queries(
    request: PartlyRequired<z.output<typeof listQueriesSchema>, 'objects'>,
  ): Promise<readonly QueryResource[]>;
  query(name: string): Promise<QueryResource>;
  predict(request: z.input<typeof predictRequestSchema>): Promise<PredictResponse>;
  compare(request: PartlyRequired<CompareRequest, 'models'>): Promise<CompareResponse>;
  /** The same as events while it runs; the last event is the result or a problem. */
  compareStream(request: PartlyRequired<CompareRequest, 'models'>): AsyncGenerator<CompareEvent>;
  intervene(
    request: z.input<typeof generatedInterventionSchema> | z.input<typeof inlineInterventionSchema>,
  ): Promise<Intervention>;
  sweep(request: z.input<typeof sweepRequestSchema>): Promise<Sweep>;
  /** Runs an intervention document, or explains it. */
  runDocument(document: z.input<typeof interventionDocumentSchema>): Promise<DocumentResponse>;
  knockOut(request: z.input<typeof knockoutRequestSchema>): Promise<KnockoutResponse>;
  attribute(request: z.input<typeof attributionRequestSchema>): Promise<AttributionResponse>;
  probes(id: string, section?: ProbeSection): Promise<z.output<typeof probesResponseSchema>>;
  compareProbes(models: readonly string[]): Promise<CompareProbesResponse>;
  /** What the deployment has switched on. */
  deployment(): Promise<DeploymentDescription>;
  /** Resolves where every model answers; throws ProblemError where one does not. */
  ready(): Promise<void>;
  readonly registry: RegistryClient;
  readonly history: HistoryClient;
  readonly evaluations: EvaluationsClient;
  readonly watches: WatchesClient;
}

/**
 * Creates a client of the API, for every runtime with `fetch`.
 *
 * Every call throws ProblemError where the API answers with a problem, UnreachableError where there is no
 * response, and ContractError where the response does not match the contract.
 *
 * @throws TypeError where the URL is not an http or https URL
 */
export function createClient(options: ClientOptions): Client {
  const transport = new Transport(options);
  const get = <T extends z.ZodType>(path: string, schema: T, query?: ApiRequest['query']) =>
    transport.call({ method: 'GET', path, ...(query && { query }) }, schema);
  const post = <T extends z.ZodType>(path: string, schema: T, body: unknown) =>
    transport.call({ method: 'POST', path, body }, schema);
  const modelPath = (id: string) => `v1/models/${encodeURIComponent(id)}`;

  return {
    models: async () => (await get('v1/models', modelListSchema)).models,
    model: (id) => get(modelPath(id), servedCardSchema),
    queries: async (request) => (await get('v1/queries', queryListSchema, request)).queries,
    query: (name) => get(`v1/queries/${encodeURIComponent(name)}`, querySchema),
    predict: (request) => post('v1/predict', predictResponseSchema, request),
    compare: (request) => get('v1/compare', compareResponseSchema, request),
    compareStream: (query) =>
      transport.lines({ method: 'GET', path: 'v1/compare/stream', query }, compareEventSchema),
    intervene: (request) => post('v1/interventions', interventionSchema, request),
    runDocument: (document) => post('v1/interventions', documentResponseSchema, document),
    sweep: (request) => post('v1/interventions', sweepSchema, request),
    knockOut: (request) => post('v1/knockouts', knockoutResponseSchema, request),
    attribute: (request) => post('v1/attributions', attributionResponseSchema, request),
    probes: (id, section) => get(`${modelPath(id)}/probes`, probesResponseSchema, { section }),
    compareProbes: (models) => get('v1/probes/compare', compareProbesResponseSchema, { models }),
    deployment: () => get('v1/deployment', deploymentSchema),
    ready: async () => {
      await get('v2/health/ready', serverReadySchema);
    },
    registry: registryClient(transport),
    history: historyClient(transport),
    evaluations: evaluationsClient(transport, options.signal),
    watches: watchesClient(transport),
  };
}
