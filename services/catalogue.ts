import { modelCardSchema, modelIndexSchema, type ModelCard } from '../contract/card.ts';
import { parseModelReference, SHIPPED, type Selector } from '../contract/model-reference.ts';
import { PromiseMemo } from './promise-memo.ts';
import { Problem } from './problem.ts';

/** Where files are kept, the models among them laid out as in `models/`. */
export interface AssetSource {
  /** @returns the file's content, or undefined where there is no such file */
  read(path: string): Promise<ReadableStream<Uint8Array> | undefined>;
}

/** Which models there are, and where their files stand. */
export interface Catalogue {
  /** The cards of what bare ids mean, in the order in which they are shown. */
  list(): Promise<readonly ModelCard[]>;
  /** @throws Problem that names the models there are, or the versions that the model has */
  card(reference: string): Promise<ModelCard>;
  /** @param card one that this catalogue gave out @returns undefined where there is no such file */
  read(card: ModelCard, name: string): Promise<ReadableStream<Uint8Array> | undefined>;
}

/** The models that came with the deployment, one file each. They change with the next one only. */
export class ShippedModels implements Catalogue {
  readonly #cards: PromiseMemo<string, ModelCard[]>;

  constructor(
    private readonly source: AssetSource,
    waitUntil: (promise: Promise<unknown>) => void,
  ) {
    this.#cards = new PromiseMemo(waitUntil);
  }

  list(): Promise<readonly ModelCard[]> {
    return this.#cards.get('index.json', async () => {
      const { models } = modelIndexSchema.parse(await this.#json('index.json'));
      return Promise.all(
        models.map(async (id) => modelCardSchema.parse(await this.#json(`${id}/card.json`))),
      );
    });
  }

  async find(id: string): Promise<ModelCard | undefined> {
    return (await this.list()).find((card) => card.id === id);
  }

  async card(reference: string): Promise<ModelCard> {
    const { id, selector } = parseModelReference(reference);
    const card = await this.find(id);
    if (!card) throw unknownModel(id, await this.list());
    if (isShipped(card, selector)) return card;
    const { sha256 } = card.files.model;
    throw new Problem('unknown-version', `model "${id}" has the version ${sha256} alone`);
  }

  read({ id }: ModelCard, name: string): Promise<ReadableStream<Uint8Array> | undefined> {
    return this.source.read(`${id}/${name}`);
  }

  async #json(path: string): Promise<unknown> {
    const content = await this.source.read(path);
    if (!content) throw new Error(`${path} is missing from the models`);
    return new Response(content).json();
  }
}

/** Whether a selector means the file that was shipped, nothing having been published. */
export function isShipped({ files }: ModelCard, selector: Selector): boolean {
  switch (selector.by) {
    case 'production':
      return true;
    case 'digest':
      return files.model.sha256.startsWith(selector.digest);
    case 'alias':
      return selector.alias === SHIPPED;
    case 'version':
      return false;
  }
}

export function unknownModel(id: string, cards: readonly ModelCard[]): Problem {
  const known = cards.map((card) => card.id).join(', ');
  return new Problem('unknown-model', `there is no model "${id}"; there are ${known}`);
}
