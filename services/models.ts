import type { ModelCard } from '../contract/card.ts';
import { modelFacts } from '../contract/model-facts.ts';
import { sha256Of } from '../contract/digest.ts';
import { probesSchema, type Probes } from '../contract/probes.ts';
import type { ModelRunner } from '../inference/model-runner.ts';
import {
  encoderOf,
  openEncoder,
  openModel,
  restoredModel,
  type EncoderSession,
  type ModelSession,
} from '../inference/session.ts';
import type { Runtime } from '../inference/runtime.ts';
import type { ProbeSubject } from '../probes/prompt-batch.ts';
import { openProbe, type HeadRun, type ProbeSession } from '../probes/runner.ts';
import type { Catalogue } from './catalogue.ts';
import { PromiseMemo } from './promise-memo.ts';
import { ServiceError } from './service-error.ts';
import { SessionCache, SessionStore, type SessionSource } from './session-cache.ts';
import { readJson, type StoredFile } from './stored-file.ts';

export type ModelFileName = NonNullable<ModelCard['files'][keyof ModelCard['files']]>['name'];

export interface ModelsOptions {
  readonly catalogue: Catalogue;
  readonly runtime: () => Promise<Runtime>;
  /** Keeps the worker alive until the promise settles, also after the request has ended. */
  readonly waitUntil: (promise: Promise<unknown>) => void;
  /** Most bytes of model files that all open sessions together may come from. */
  readonly sessionBytes?: number;
}

/**
 * What fits into an isolate of 128 MB: a session takes about 1.5 times the bytes of its files, and
 * WebAssembly never returns memory. Room for twelve models of preset `pocket`, so that a comparison of
 * eight opens each once, or for two of preset `paper`.
 */
const SESSION_BYTES = 24 * 2 ** 20;

/** Each probe result takes some MB of memory. */
const CACHED_PROBES = 8;

const MODEL_RETRY_SECONDS = 10;

/** The part of Models that comparisons and predictions use. */
export type ModelAccess = Pick<Models, 'card' | 'runner'>;

/**
 * The models of this deployment. A session opens on first use. When sessions exceed their memory limit,
 * the least recently used ones close; runners and subjects reopen them on demand.
 */
export class Models {
  readonly #catalogue: Catalogue;
  readonly #runtime: ModelsOptions['runtime'];
  readonly #sessions: SessionCache;
  readonly #encoders: SessionStore<EncoderSession>;
  readonly #models: SessionStore<ModelSession>;
  readonly #probeGraphs: SessionStore<ProbeSession>;
  readonly #probes: PromiseMemo<string, Probes>;

  constructor({ catalogue, runtime, waitUntil, sessionBytes = SESSION_BYTES }: ModelsOptions) {
    this.#catalogue = catalogue;
    this.#runtime = runtime;
    this.#sessions = new SessionCache(sessionBytes, waitUntil);
    this.#encoders = new SessionStore(this.#sessions);
    this.#models = new SessionStore(this.#sessions);
    this.#probeGraphs = new SessionStore(this.#sessions);
    this.#probes = new PromiseMemo(waitUntil, CACHED_PROBES);
  }

  /** One card per model, that of the version which the bare id selects, in display order. */
  list(): Promise<readonly ModelCard[]> {
    return this.#catalogue.list();
  }

  /** @throws ServiceError that lists the known models, or the versions of this model */
  card(reference: string): Promise<ModelCard> {
    return this.#catalogue.card(reference);
  }

  /** @returns the name of the trusted key that signed the model; null for none */
  signer(card: ModelCard): string | null {
    return this.#catalogue.signer?.(card) ?? null;
  }

  /** @throws ServiceError where the file cannot be read */
  async file(card: ModelCard, name: ModelFileName): Promise<StoredFile> {
    const file = await reading(card, name, this.#catalogue.read(card, name));
    if (!file) throw unavailable(card, `${name} is missing`);
    return file;
  }

  /** @throws ServiceError where the model file differs from its card or cannot be read */
  modelBytes(card: ModelCard): Promise<Uint8Array> {
    return this.#verified(card, card.files.model);
  }

  /**
   * The model, with its sessions open.
   *
   * @throws ServiceError where a file differs from its card or cannot be read; the next call retries
   */
  async runner(card: ModelCard): Promise<ModelRunner> {
    const model = this.#modelSource(card);
    const encoder = this.#encoderSource(card);
    await Promise.all([this.#models.open(model), encoder && this.#encoders.open(encoder)]);
    return {
      featureWidth: modelFacts(card).featureWidth,
      logits: (batch) => this.#models.use(model, (session) => session.logits(batch)),
      encode: (objects, grid) => {
        if (!encoder) throw new TypeError(`model "${card.id}" has no visual encoder`);
        return this.#encoders.use(encoder, (session) => session.encode(objects, grid));
      },
    };
  }

  /**
   * The model with hooks for interventions. It needs a session of its own: a graph that outputs every
   * activation is slower than the plain one.
   *
   * @throws ServiceError where a file differs from its card or cannot be read; the next call retries
   */
  async subject(card: ModelCard): Promise<ProbeSubject<HeadRun>> {
    const graph = this.#probeSource(card);
    const [runner] = await Promise.all([this.runner(card), this.#probeGraphs.open(graph)]);
    return {
      probe: {
        shape: modelFacts(card),
        run: (batch, interventions, read) =>
          this.#probeGraphs.use(graph, (session) => session.run(batch, interventions, read)),
      },
      featureWidth: runner.featureWidth,
      encode: (objects, grid) => runner.encode(objects, grid),
    };
  }

  /**
   * The probe results of the model.
   *
   * @throws ServiceError where the model, or this version of it, has not been probed
   */
  probes(card: ModelCard): Promise<Probes> {
    return this.#probes.get(card.files.model.sha256, async () => {
      const file = await this.#catalogue.read(card, 'probes.json');
      if (!file) {
        throw new ServiceError('probe-not-found', `model "${card.id}" has no probe results`);
      }
      const probes = probesSchema.parse(await readJson(file));
      if (probes.digest !== card.files.model.sha256) {
        throw new ServiceError(
          'probe-not-found',
          `the probe results of model "${card.id}" belong to another version of its model file`,
        );
      }
      return probes;
    });
  }

  /** Closes every session. Nothing may run afterwards. */
  close(): Promise<void> {
    return this.#sessions.close();
  }

  #modelSource(card: ModelCard): SessionSource<ModelSession> {
    const { model } = card.files;
    return {
      key: model.sha256,
      bytes: memoryOf(card),
      open: async () => {
        const { featureWidth, signature } = modelFacts(card);
        const runtime = await this.#runtime();
        const restored = runtime.restore?.(model.sha256);
        if (restored) return restoredModel(runtime, await restored, featureWidth);
        const bytes = await this.#verified(card, model);
        return openModel(runtime, {
          model: bytes,
          featureWidth,
          ...(signature && { signature }),
        }).catch(refused(card, 'the model'));
      },
    };
  }

  #probeSource(card: ModelCard): SessionSource<ProbeSession> {
    const { model } = card.files;
    return {
      key: model.sha256,
      bytes: memoryOf(card),
      open: async () => {
        const [runtime, bytes] = await Promise.all([this.#runtime(), this.#verified(card, model)]);
        return openProbe(runtime, bytes).catch(refused(card, 'the model with hooks'));
      },
    };
  }

  /** Models with the same encoder share its session, and with it the cache of encoded patches. */
  #encoderSource(card: ModelCard): SessionSource<EncoderSession> | undefined {
    const { encoder } = card.files;
    if (!encoder) return undefined;
    return {
      key: encoder.sha256,
      bytes: encoder.bytes,
      open: async () => {
        const { featureWidth } = modelFacts(card);
        const runtime = await this.#runtime();
        const restored = runtime.restore?.(encoder.sha256);
        if (restored) return encoderOf(runtime, await restored, featureWidth);
        const bytes = await this.#verified(card, encoder);
        return openEncoder(runtime, bytes, featureWidth).catch(refused(card, 'the encoder'));
      },
    };
  }

  /** The bytes of a file, checked against the size and the digest in the card. */
  async #verified(
    card: ModelCard,
    { name, bytes: size, sha256 }: { name: ModelFileName; bytes: number; sha256: string },
  ): Promise<Uint8Array> {
    const file = await this.file(card, name);
    const bytes = await reading(card, name, file.arrayBuffer());
    if (bytes.byteLength !== size) {
      const sizes = `has ${bytes.byteLength} bytes, but its card says ${size}`;
      throw unavailable(card, `${name} ${sizes}`);
    }
    if ((await sha256Of(bytes)) !== sha256) {
      throw unavailable(card, `the sha256 of ${name} differs from the one in its card`);
    }
    return new Uint8Array(bytes);
  }
}

/** Sessions hold weights as float32, also where the file stores them in half precision. */
const memoryOf = ({ parameters, files }: ModelCard): number =>
  Math.max(files.model.bytes, Float32Array.BYTES_PER_ELEMENT * parameters);

/** @throws ServiceError where the storage fails */
async function reading<T>(card: ModelCard, name: string, read: Promise<T>): Promise<T> {
  try {
    return await read;
  } catch (cause) {
    throw unavailable(card, `${name} cannot be read`, cause);
  }
}

const refused = (card: ModelCard, what: string) => (cause: unknown) => {
  throw unavailable(card, `ONNX Runtime rejects ${what}`, cause);
};

function unavailable(card: ModelCard, reason: string, cause?: unknown): ServiceError {
  const detail = `model "${card.id}" cannot be loaded: ${reason}`;
  const retryAfterSeconds = MODEL_RETRY_SECONDS;
  return new ServiceError('model-unavailable', detail, { cause, retryAfterSeconds });
}
