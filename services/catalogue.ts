import { modelCardSchema, modelIndexSchema, type ModelCard } from '../contract/card.ts';
import { describeIssues } from '../contract/schema-issues.ts';
import type { z } from 'zod';
import { parseModelReference, SHIPPED, type Selector } from '../contract/model-reference.ts';
import { PromiseMemo } from './promise-memo.ts';
import { ServiceError } from './service-error.ts';
import { readJson, type StoredFile } from './stored-file.ts';

/** A read-only store of files. Models have the layout of `models/`. */
export interface AssetSource {
  /** @returns undefined where there is no such file */
  read(path: string): Promise<StoredFile | undefined>;
  /** Where a file is, for messages. */
  locate(path: string): string;
}

/** Files of models that are missing or invalid. The message names each and all that is wrong with it. */
export class ModelFilesError extends Error {
  override readonly name = 'ModelFilesError';
}

/** Which models there are, and how to read their files. */
export interface Catalogue {
  /** One card per model, that of the version which the bare id selects, in display order. */
  list(): Promise<readonly ModelCard[]>;
  /** @throws ServiceError that lists the known models, or the versions of this model */
  card(reference: string): Promise<ModelCard>;
  /** @param card one that this catalogue returned @returns undefined where there is no such file */
  read(card: ModelCard, name: string): Promise<StoredFile | undefined>;
  /** @returns the name of the trusted key that signed the model; null for none */
  signer?(card: ModelCard): string | null;
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
      const { models } = await this.#json('index.json', modelIndexSchema);
      const cards = await Promise.allSettled(
        models.map((id) => this.#json(`${id}/card.json`, modelCardSchema)),
      );
      const failures = cards.filter((card) => card.status === 'rejected');
      const reasons = failures.map(({ reason }): unknown => reason);
      const faults = reasons.filter((reason) => reason instanceof ModelFilesError);
      // Another failure, such as that of a server, is no fault of the files.
      if (faults.length < reasons.length) {
        throw reasons.find((reason) => !(reason instanceof ModelFilesError));
      }
      if (faults.length > 0) {
        throw new ModelFilesError(faults.map(({ message }) => message).join('; '));
      }
      return cards.flatMap((card) => (card.status === 'fulfilled' ? [card.value] : []));
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

  /** @throws ModelFilesError where the file is missing or invalid */
  async #json<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    const file = await this.source.read(path);
    const where = this.source.locate(path);
    if (!file) throw new ModelFilesError(`${where}: there is no such file`);
    let content: unknown;
    try {
      content = await readJson(file);
    } catch (cause) {
      if (!(cause instanceof SyntaxError)) throw cause;
      throw new ModelFilesError(`${where} is not JSON: ${cause.message}`, { cause });
    }
    const parsed = schema.safeParse(content);
    if (parsed.success) return parsed.data;
    throw new ModelFilesError(`${where} is invalid: ${describeIssues(parsed.error)}`);
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
