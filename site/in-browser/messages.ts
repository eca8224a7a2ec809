import type { AttributionFigures } from '../../contract/attributions.ts';
import type { Signature } from '../../contract/signature.ts';
import type { QueryId } from '../../task/query.ts';
import type { QueryIndices } from '../../task/query-indices.ts';
import type { QuerySpec } from '../../task/spec.ts';

/** Messages between the page and the web worker that runs the model. */

export type Engine = 'webgpu' | 'wasm';

/** `auto`: the faster one where WebGPU has no graphics processor. */
export type EngineChoice = Engine | 'auto';

export interface FileToLoad {
  readonly url: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface LoadMessage {
  readonly kind: 'load';
  readonly engine: EngineChoice;
  readonly model: FileToLoad;
  /** A first question, with which engines are compared. */
  readonly first: Omit<RunMessage, 'kind'>;
  readonly encoder: FileToLoad | null;
  readonly featureWidth: number;
  /** How the file is fed, where it is not as the trainer here exports models. */
  readonly signature?: Signature | undefined;
}

export interface RunMessage {
  readonly kind: 'run';
  readonly spec: QuerySpec;
  readonly seed: number;
  readonly queries: readonly QueryIndices[];
}

/** Asks which tokens the answer to one query depends on. */
export interface AttributeMessage {
  readonly kind: 'attribute';
  readonly query: QueryId;
  /** Tokens that are cut layer by layer. */
  readonly layered: number;
  /** Most probable tokens that are followed through the layers. */
  readonly candidates: number;
}

export type WorkerRequest = LoadMessage | RunMessage | AttributeMessage;

export interface LocalAnswer {
  readonly token: number;
  readonly probability: number;
  readonly correct: boolean;
}

/** The engine that runs the model, with its adapter or the reason for the choice. */
export interface UsedEngine {
  readonly engine: Engine;
  readonly detail: string;
}

export type WorkerResponse =
  | { readonly kind: 'progress'; readonly loaded: number; readonly total: number }
  | { readonly kind: 'answered'; readonly done: number; readonly total: number }
  | ({ readonly kind: 'loaded' } & UsedEngine)
  | {
      readonly kind: 'answers';
      readonly answers: readonly LocalAnswer[];
      readonly milliseconds: number;
    }
  | { readonly kind: 'attribution'; readonly figures: AttributionFigures }
  | { readonly kind: 'failed'; readonly reason: string };
