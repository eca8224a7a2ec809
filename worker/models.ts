import { featureWidthOf, type ModelCard } from '../contract/card.ts';
import { sha256Of } from '../contract/digest.ts';
import { probesSchema, type Probes } from '../contract/probes.ts';
import type { ModelRunner } from '../inference/evaluate.ts';
import type { PatchEncoder } from '../inference/patches.ts';
import { openEncoder, openModel, type Runtime } from '../inference/session.ts';
import type { Subject } from '../probes/lay.ts';
import { openProbe, type HeadRun } from '../probes/runner.ts';
import type { Catalogue } from './catalogue.ts';
import { PromiseMemo } from './memo.ts';
import { Problem } from './problem.ts';

export type ModelFileName = NonNullable<ModelCard['files'][keyof ModelCard['files']]>['name'];

export interface ModelsOptions {
  readonly catalogue: Catalogue;
  readonly runtime: () => Promise<Runtime>;
  /** Lets a promise outlive the request that began it. */
  readonly keepAlive: (promise: Promise<unknown>) => void;
}

/** What a comparison or a prediction needs of the models. */
export type Runners = Pick<Models, 'card' | 'runner'>;

/** The models of this deployment. An isolate reads each file and opens each session once. */
export class Models {
  readonly #catalogue: Catalogue;
  readonly #runtime: ModelsOptions['runtime'];
  readonly #encoders: PromiseMemo<string, PatchEncoder>;
  readonly #runners: PromiseMemo<string, ModelRunner>;
  readonly #subjects: PromiseMemo<string, Subject<HeadRun>>;
  readonly #probes: PromiseMemo<string, Probes>;
  readonly #open: { release(): Promise<void> }[] = [];

  constructor({ catalogue, runtime, keepAlive }: ModelsOptions) {
    this.#catalogue = catalogue;
    this.#runtime = runtime;
    this.#encoders = new PromiseMemo(keepAlive);
    this.#runners = new PromiseMemo(keepAlive);
    this.#subjects = new PromiseMemo(keepAlive);
    this.#probes = new PromiseMemo(keepAlive);
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
   * A session of the model, ready to run.
   *
   * @throws Problem where the files are not what the card says; the next call tries again
   */
  runner(card: ModelCard): Promise<ModelRunner> {
    return this.#runners.get(card.files.model.sha256, () => this.#openRunner(card));
  }

  /**
   * The model under the probe, ready to run under interference. Its session stands beside that of
   * `runner`, as one graph cannot be both fast and full of taps.
   *
   * @throws Problem where the files are not what the card says; the next call tries again
   */
  subject(card: ModelCard): Promise<Subject<HeadRun>> {
    return this.#subjects.get(card.files.model.sha256, () => this.#openSubject(card));
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
        throw new Problem('not-probed', `model "${card.id}" has no results of probes yet`);
      }
      const probes = probesSchema.parse(await new Response(content).json());
      if (probes.digest !== card.files.model.sha256) {
        throw new Problem('not-probed', `the probes of model "${card.id}" are of an older file`);
      }
      return probes;
    });
  }

  /** Gives the memory of all sessions of models back; they must not be run any more. */
  async close(): Promise<void> {
    await Promise.all(this.#open.map((session) => session.release()));
  }

  async #openSubject(card: ModelCard): Promise<Subject<HeadRun>> {
    const { files, recipe } = card;
    const [runtime, graph, model, runner] = await Promise.all([
      this.#runtime(),
      this.#verified(card, files.probe),
      this.#verified(card, files.model),
      this.runner(card),
    ]);
    const { featureWidth } = runner;
    const weights = model.subarray(files.model.weightsOffset);
    try {
      const probe = await openProbe(runtime, graph, weights, recipe.model, featureWidth);
      this.#open.push(probe);
      return { probe, featureWidth, encode: (objects, grid) => runner.encode(objects, grid) };
    } catch (cause) {
      throw unavailable(card, 'ONNX Runtime refuses its probe graph', cause);
    }
  }

  async #openRunner(card: ModelCard): Promise<ModelRunner> {
    const { files } = card;
    const featureWidth = featureWidthOf(card);
    const [runtime, model, encoder] = await Promise.all([
      this.#runtime(),
      this.#verified(card, files.model),
      files.encoder ? this.#encoder(card, files.encoder, featureWidth) : undefined,
    ]);
    try {
      const session = await openModel(runtime, {
        model,
        featureWidth,
        ...(encoder && { encoder }),
      });
      this.#open.push(session);
      return session;
    } catch (cause) {
      throw unavailable(card, 'ONNX Runtime refuses it', cause);
    }
  }

  /** The models that see with the same encoder share its session and what it has seen. */
  #encoder(
    card: ModelCard,
    file: NonNullable<ModelCard['files']['encoder']>,
    width: number,
  ): Promise<PatchEncoder> {
    return this.#encoders.get(file.sha256, async () => {
      const bytes = await this.#verified(card, file);
      try {
        return await openEncoder(await this.#runtime(), bytes, width);
      } catch (cause) {
        throw unavailable(card, 'ONNX Runtime refuses its encoder', cause);
      }
    });
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
async function readable<T>(card: ModelCard, name: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (cause) {
    throw unavailable(card, `${name} cannot be read`, cause);
  }
}

function unavailable(card: ModelCard, reason: string, cause?: unknown): Problem {
  const detail = `model "${card.id}" cannot be loaded: ${reason}`;
  return new Problem('model-unavailable', detail, { cause, headers: { 'retry-after': '10' } });
}
