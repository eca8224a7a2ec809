import type {
  AliasTarget,
  PublishedVersion,
  RegisteredModel,
  RegistryChange,
  RegistryDocument,
  StoredVersion,
} from '../../contract/registry.ts';
import { ServiceError } from '../service-error.ts';
import { emptyDocument } from './bucket.ts';
import {
  requireVersion,
  rolledBack,
  withAlias,
  withoutAlias,
  withoutVersion,
  type ChangeContext,
} from './changes.ts';
import { changeContext, publish, type PublishContext, type PublishOptions } from './publish.ts';
import type { Submission } from './submission.ts';

interface AliasName {
  readonly id: string;
  readonly alias: string;
}

/** The models published into this deployment, as the API shows them. */
export class Registry {
  constructor(private readonly context: PublishContext) {}

  async list(): Promise<RegisteredModel[]> {
    const documents = await this.context.bucket.documents();
    return Promise.all(documents.map((document) => this.#resource(document)));
  }

  /** @throws ServiceError where no model with this id was published or shipped */
  async model(id: string): Promise<RegisteredModel> {
    const document = await this.context.bucket.document(id);
    if (document) return this.#resource(document);
    const shipped = await this.context.shipped.find(id);
    if (!shipped) throw unpublished(id);
    return this.#resource(emptyDocument(id));
  }

  /** @throws ServiceError where there is no such version */
  async version(id: string, version: number): Promise<PublishedVersion> {
    const document = await this.context.bucket.document(id);
    if (!document) throw unpublished(id);
    return versionResource(requireVersion(document, version));
  }

  /**
   * The recorded changes of a model, newest first.
   *
   * @throws ServiceError where nothing was published
   */
  async changes(id: string): Promise<RegistryChange[]> {
    const document = await this.context.bucket.document(id);
    if (!document) throw unpublished(id);
    return document.changes.toReversed();
  }

  /**
   * @param options with the name of the token that publishes
   * @throws ServiceError where the model cannot be served, or conflicts with a published one
   */
  async publish(submission: Submission, options: PublishOptions) {
    const { document, number, created } = await publish(this.context, submission, options);
    return { created, response: { version: number, model: await this.#resource(document) } };
  }

  /**
   * Points an alias at a version.
   *
   * @param who the name of the token, here and in all changes
   * @param from where it must point now; undefined allows any
   */
  promote(
    who: string,
    { id, alias }: AliasName,
    version: AliasTarget,
    from?: AliasTarget | null,
  ): Promise<RegisteredModel> {
    return this.#change(who, id, (document, context) =>
      withAlias(document, alias, version, context, from),
    );
  }

  /** Points an alias at its previous version. @param from where it must point now */
  rollBack(who: string, { id, alias }: AliasName, from: AliasTarget): Promise<RegisteredModel> {
    return this.#change(who, id, (document, context) => rolledBack(document, alias, from, context));
  }

  removeAlias(who: string, { id, alias }: AliasName): Promise<RegisteredModel> {
    return this.#change(who, id, (document, context) => withoutAlias(document, alias, context));
  }

  /** Removes the version from the document before its files, so that no request finds half of it. */
  async deleteVersion(who: string, id: string, version: number): Promise<RegisteredModel> {
    const { bucket } = this.context;
    let folder: string | undefined;
    const model = await this.#change(who, id, (document, context) => {
      folder = requireVersion(document, version).folder;
      return withoutVersion(document, version, context);
    });
    // Files that cannot be removed only cost space.
    if (folder !== undefined) await bucket.removeFolder(id, folder).catch(() => undefined);
    return model;
  }

  async #change(
    who: string,
    id: string,
    change: (document: RegistryDocument, context: ChangeContext) => RegistryDocument,
  ): Promise<RegisteredModel> {
    const context = await changeContext(this.context.shipped, id, who);
    const changed = await this.context.bucket.change(id, (document) => change(document, context));
    return this.#resource(changed);
  }

  async #resource({ id, aliases, versions }: RegistryDocument): Promise<RegisteredModel> {
    const shipped = await this.context.shipped.find(id);
    return {
      id,
      shipped: shipped?.files.model.sha256 ?? null,
      aliases,
      versions: versions.map(versionResource),
    };
  }
}

const versionResource = (stored: StoredVersion): PublishedVersion => {
  const { version, published, note, files, signature } = stored;
  return { version, published, note, files, signature };
};

const unpublished = (id: string) =>
  new ServiceError('unknown-model', `no model "${id}" has been published`);

/** @throws ServiceError where the deployment has no registry */
export function requireRegistry(registry: Registry | undefined): Registry {
  if (registry) return registry;
  const detail = 'this deployment has no registry bucket; it serves the models deployed with it';
  throw new ServiceError('not-configured', detail);
}
