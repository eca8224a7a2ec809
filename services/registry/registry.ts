import { SHIPPED } from '../../contract/model-reference.ts';
import type {
  PublishedVersion,
  RegisteredModel,
  RegistryDocument,
  StoredVersion,
} from '../../contract/registry.ts';
import type { Runtime } from '../../inference/session.ts';
import type { ShippedModels } from '../catalogue.ts';
import { Problem } from '../problem.ts';
import type { RegistryBucket } from './bucket.ts';
import { rolledBack, withAlias, withoutAlias, withoutVersion, requireVersion } from './changes.ts';
import { publish, type PublishOptions } from './publish.ts';
import type { Submission } from './submission.ts';

export interface RegistryOptions {
  readonly bucket: RegistryBucket;
  readonly shipped: ShippedModels;
  readonly runtime: () => Promise<Runtime>;
}

/** Models that are published into this deployment, as the API tells of them. */
export class Registry {
  constructor(private readonly options: RegistryOptions) {}

  async list(): Promise<RegisteredModel[]> {
    const documents = await this.options.bucket.documents();
    return Promise.all(documents.map((document) => this.#told(document)));
  }

  /** @throws Problem where nothing of that name has been published or shipped */
  async model(id: string): Promise<RegisteredModel> {
    const document = await this.options.bucket.document(id);
    if (document) return this.#told(document);
    const shipped = await this.options.shipped.find(id);
    if (!shipped) throw new Problem('unknown-model', `nothing has been published as "${id}"`);
    return this.#told({ schema: 1, id, next: 1, versions: [], aliases: {} });
  }

  /** @throws Problem where there is no such version */
  async version(id: string, version: number): Promise<PublishedVersion> {
    const document = await this.options.bucket.document(id);
    if (!document) throw new Problem('unknown-model', `nothing has been published as "${id}"`);
    return toldVersion(requireVersion(document, version));
  }

  /** @throws Problem where it cannot be served, or differs from what has been published as the same */
  async publish(submission: Submission, options: PublishOptions) {
    const { document, number, created } = await publish(this.options, submission, options);
    return { created, response: { version: number, model: await this.#told(document) } };
  }

  promote(id: string, alias: string, version: number, from?: number | null) {
    return this.#change(id, (document) => withAlias(document, alias, version, now(), from));
  }

  rollBack(id: string, alias: string, from: number) {
    return this.#change(id, (document) => rolledBack(document, alias, from, now()));
  }

  removeAlias(id: string, alias: string) {
    return this.#change(id, (document) => withoutAlias(document, alias));
  }

  /** The version is gone before its files are: what cannot be read whole is never served. */
  async deleteVersion(id: string, version: number): Promise<RegisteredModel> {
    const { bucket } = this.options;
    const removed: string[] = [];
    const model = await this.#change(id, (document) => {
      const changed = withoutVersion(document, version);
      removed.push(requireVersion(document, version).folder);
      return changed;
    });
    // Files that stay behind cost space and nothing else.
    for (const folder of removed) await bucket.removeFolder(id, folder).catch(() => undefined);
    return model;
  }

  async #change(id: string, change: (document: RegistryDocument) => RegistryDocument) {
    return this.#told(await this.options.bucket.change(id, change));
  }

  async #told({ id, aliases, versions }: RegistryDocument): Promise<RegisteredModel> {
    const shipped = await this.options.shipped.find(id);
    return {
      id,
      shipped: shipped?.files.model.sha256 ?? null,
      aliases,
      versions: versions.map(toldVersion),
    };
  }
}

const toldVersion = ({ version, published, note, files }: StoredVersion): PublishedVersion => ({
  version,
  published,
  note,
  files,
});

const now = () => new Date().toISOString();

/** @throws Problem where this deployment has none */
export function requireRegistry(registry: Registry | undefined): Registry {
  if (registry) return registry;
  const detail = `this deployment has no registry; its models are those it was deployed with (${SHIPPED})`;
  throw new Problem('not-configured', detail);
}
