import { featureWidthOf, type ModelCard } from '../contract/card.ts';
import { sha256Of } from '../contract/digest.ts';
import { probesSchema, type Probes } from '../contract/probes.ts';
import type { ModelRunner } from '../inference/model-runner.ts';
import {
  openEncoder,
  openModel,
  type EncoderSession,
  type ModelSession,
  type Runtime,
} from '../inference/session.ts';
import type { ProbeSubject } from '../probes/prompt-batch.ts';
import { openProbe, type HeadRun, type ProbeSession } from '../probes/runner.ts';
import type { Catalogue } from './catalogue.ts';
import { PromiseMemo } from './promise-memo.ts';
import { Problem } from './problem.ts';
import { SessionCache, SessionStore, type SessionSource } from './session-cache.ts';

export type ModelFileName = NonNullable<ModelCard['files'][keyof ModelCard['files']]>['name'];

export interface ModelsOptions {
  readonly catalogue: Catalogue;
  readonly runtime: () => Promise<Runtime>;
  /** Lets a promise outlive the request that began it. */
  readonly waitUntil: (promise: Promise<unknown>) => void;
  /** Bytes of files that open sessions may be made of, all together. */
  readonly sessionBytes?: number;
}

/**
 * What an isolate of 128 MB has room for: a session takes about 1.5 times the bytes of its files, and
 * what WebAssembly was once given it never gives back. Twelve models of preset `pocket`, so that a
 * comparison of eight never opens one twice, or two of `paper`.
 */
const SESSION_BYTES = 24 * 2 ** 20;

/** Results of probes take some MB of memory. */
const PROBES_REMEMBERED = 8;

/** What a comparison or a prediction needs of the models. */
export type ModelAccess = Pick<Models, 'card' | 'runner'>;

/**
 * The models of this deployment. Sessions are opened when they are first wanted, and those not used for
 * longest are released where others need their room; runners and subjects open them again.
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
    this.#probes = new PromiseMemo(waitUntil, PROBES_REMEMBERED);
  }

  /** The cards of what bare ids mean, in the order in which they are shown. */
  list(): Promise<readonly ModelCard[]> {
    return this.#catalogue.list();
  }

  /** @throws Problem that names the models there are, or the versions that the model has */
  card(reference: string): Promise<ModelCard> {
    return this.#catalogue.card(reference);
  }

  /** @throws Problem where the model has no such file */
  async file(card: ModelCard, name: ModelFileName): Promise<ReadableStream<Uint8Array>> {
    const content = await readable(card, name, this.#catalogue.read(card, name));
    if (!content) throw unavailable(card, `${name} is missing`);
    return content;
  }

  /**
   * The model, ready to run.
   *
   * @throws Problem where the files are not what the card says; the next call tries again
   */
  async runner(card: ModelCard): Promise<ModelRunner> {
    const model = this.#modelOf(card);
    const encoder = this.#encoderOf(card);
    await Promise.all([this.#models.open(model), encoder && this.#encoders.open(encoder)]);
    return {
      featureWidth: featureWidthOf(card),
      logits: (batch) => this.#models.use(model, (session) => session.logits(batch)),
      encode: (objects, grid) => {
        if (!encoder) throw new TypeError(`model "${card.id}" has no encoder to see with`);
        return this.#encoders.use(encoder, (session) => session.encode(objects, grid));
      },
    };
  }

  /**
   * The model under the probe, ready to run under interference. Its session stands beside that of
   * `runner`, as one graph cannot be both fast and full of taps.
   *
   * @throws Problem where the files are not what the card says; the next call tries again
   */
  async subject(card: ModelCard): Promise<ProbeSubject<HeadRun>> {
    const graph = this.#probeGraphOf(card);
    const [runner] = await Promise.all([this.runner(card), this.#probeGraphs.open(graph)]);
    return {
      probe: {
        shape: card.recipe.model,
        run: (batch, interference) =>
          this.#probeGraphs.use(graph, (session) => session.run(batch, interference)),
      },
      featureWidth: runner.featureWidth,
      encode: (objects, grid) => runner.encode(objects, grid),
    };
  }

  /**
   * What the probes found in the model.
   *
   * @throws Problem where it has not been probed, or another file than the card's was
   */
  probes(card: ModelCard): Promise<Probes> {
    return this.#probes.get(card.files.model.sha256, async () => {
      const content = await this.#catalogue.read(card, 'probes.json');
      if (!content) {
        throw new Problem('probe-not-found', `model "${card.id}" has no results of probes yet`);
      }
      const probes = probesSchema.parse(await new Response(content).json());
      if (probes.digest !== card.files.model.sha256) {
        throw new Problem(
          'probe-not-found',
          `the probes of model "${card.id}" are of an older file`,
        );
      }
      return probes;
    });
  }

  /** Gives the memory of all sessions back; nothing must be run any more. */
  close(): Promise<void> {
    return this.#sessions.close();
  }

  #modelOf(card: ModelCard): SessionSource<ModelSession> {
    const { model } = card.files;
    return {
      key: model.sha256,
      bytes: memoryOf(card),
      open: async () => {
        const [runtime, bytes] = await Promise.all([this.#runtime(), this.#verified(card, model)]);
        const featureWidth = featureWidthOf(card);
        return openModel(runtime, { model: bytes, featureWidth }).catch(refused(card, 'it'));
      },
    };
  }

  #probeGraphOf(card: ModelCard): SessionSource<ProbeSession> {
    const { model, probe } = card.files;
    return {
      key: `${model.sha256} ${probe.sha256}`,
      bytes: probe.bytes + memoryOf(card),
      open: async () => {
        const [runtime, graph, bytes] = await Promise.all([
          this.#runtime(),
          this.#verified(card, probe),
          this.#verified(card, model),
        ]);
        const weights = bytes.subarray(model.weightsOffset);
        return openProbe(runtime, graph, weights, card.recipe.model, featureWidthOf(card)).catch(
          refused(card, 'its probe graph'),
        );
      },
    };
  }

  /** The models that see with the same encoder share its session and what it has seen. */
  #encoderOf(card: ModelCard): SessionSource<EncoderSession> | undefined {
    const { encoder } = card.files;
    if (!encoder) return undefined;
    return {
      key: encoder.sha256,
      bytes: encoder.bytes,
      open: async () => {
        const [runtime, bytes] = await Promise.all([
          this.#runtime(),
          this.#verified(card, encoder),
        ]);
        return openEncoder(runtime, bytes, featureWidthOf(card)).catch(
          refused(card, 'its encoder'),
        );
      },
    };
  }

  /** The bytes of a file, which are those that the card speaks of. */
  async #verified(
    card: ModelCard,
    { name, bytes: size, sha256 }: { name: ModelFileName; bytes: number; sha256: string },
  ): Promise<Uint8Array> {
    const content = new Response(await this.file(card, name));
    const bytes = await readable(card, name, content.arrayBuffer());
    if (bytes.byteLength !== size) {
      const sizes = `has ${bytes.byteLength} bytes where the card says ${size}`;
      throw unavailable(card, `${name} ${sizes}`);
    }
    if ((await sha256Of(bytes)) !== sha256) {
      throw unavailable(card, `${name} is not the file that the card describes`);
    }
    return new Uint8Array(bytes);
  }
}

/** @throws Problem where the file cannot be read for now */
/** Half the precision makes a file half as large, and what is opened from it no smaller. */
const memoryOf = ({ parameters, files }: ModelCard): number =>
  Math.max(files.model.bytes, Float32Array.BYTES_PER_ELEMENT * parameters);

async function readable<T>(card: ModelCard, name: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (cause) {
    throw unavailable(card, `${name} cannot be read`, cause);
  }
}

const refused = (card: ModelCard, what: string) => (cause: unknown) => {
  throw unavailable(card, `ONNX Runtime refuses ${what}`, cause);
};

function unavailable(card: ModelCard, reason: string, cause?: unknown): Problem {
  const detail = `model "${card.id}" cannot be loaded: ${reason}`;
  return new Problem('model-unavailable', detail, { cause, headers: { 'retry-after': '10' } });
}
