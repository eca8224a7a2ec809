import { modelCardSchema, modelIndexSchema, type ModelCard } from '../contract/card.ts';
import { parseModelReference, SHIPPED, type Selector } from '../contract/model-reference.ts';
import { PromiseMemo } from './promise-memo.ts';
import { ServiceError } from './service-error.ts';
import { readJson, type StoredFile } from './stored-file.ts';

/** A read-only store of files. Models have the layout of `models/`. */
export interface AssetSource {
  /** @returns undefined where there is no such file */
  read(path: string): Promise<StoredFile | undefined>;
}

/** Which models there are, and how to read their files. */
export interface Catalogue {
  /** One card per model, that of the version which the bare id selects, in display order. */
  list(): Promise<readonly ModelCard[]>;
  /** @throws ServiceError that lists the known models, or the versions of this model */
  card(reference: string): Promise<ModelCard>;
  /** @param card one that this catalogue returned @returns undefined where there is no such file */
  read(card: ModelCard, name: string): Promise<StoredFile | undefined>;
}

/** The models deployed with the worker, one version each. */
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
    if (selectsShipped(card, selector)) return card;
    const { sha256 } = card.files.model;
    throw new ServiceError('unknown-version', `model "${id}" has only the version ${sha256}`);
  }

  read({ id }: ModelCard, name: string): Promise<StoredFile | undefined> {
    return this.source.read(`${id}/${name}`);
  }

  async #json(path: string): Promise<unknown> {
    const file = await this.source.read(path);
    if (!file) throw new Error(`${path} is missing from the models`);
    return readJson(file);
  }
}

/** Whether a selector means the shipped file of a model that has no published versions. */
export function selectsShipped({ files }: ModelCard, selector: Selector): boolean {
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

export function unknownModel(id: string, cards: readonly ModelCard[]): ServiceError {
  const known = cards.map((card) => card.id).join(', ') || 'none';
  return new ServiceError('unknown-model', `there is no model "${id}"; the models are: ${known}`);
}
