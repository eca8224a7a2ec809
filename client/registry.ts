import type { z } from 'zod';
import {
  publishResponseSchema,
  registeredModelSchema,
  registryChangesSchema,
  registrySchema,
  type AliasTarget,
  type RegisteredModel,
  type RegistryChange,
} from '../contract/registry.ts';
import type { Transport } from './transport.ts';

/** The registry of a deployment. Changes need the client's `token`. */
export interface RegistryClient {
  list(): Promise<readonly RegisteredModel[]>;
  model(id: string): Promise<RegisteredModel>;
  /** Who changed what and when, newest first. */
  changes(id: string): Promise<readonly RegistryChange[]>;
  /**
   * Publishes a version. Files that are published already keep their version.
   *
   * @param files those of a model's folder, by name: `card.json`, `model.onnx` and, where
   *   there are any, `encoder.onnx` and `probes.json`
   */
  publish(
    id: string,
    files: ReadonlyMap<string, Blob>,
    options?: { readonly alias?: string | undefined; readonly note?: string | undefined },
  ): Promise<z.output<typeof publishResponseSchema>>;
  /** @param from the version that the alias must have now; null: the alias must not exist */
  promote(
    id: string,
    alias: string,
    version: AliasTarget,
    from?: AliasTarget | null,
  ): Promise<RegisteredModel>;
  /** @param from the version that the alias has now */
  rollBack(id: string, alias: string, from: AliasTarget): Promise<RegisteredModel>;
  removeAlias(id: string, alias: string): Promise<RegisteredModel>;
  deleteVersion(id: string, version: number): Promise<RegisteredModel>;
}

export function registryClient(transport: Transport): RegistryClient {
  const modelPath = (id: string) => `v1/registry/${encodeURIComponent(id)}`;
  const aliasPath = (id: string, alias: string) =>
    `${modelPath(id)}/aliases/${encodeURIComponent(alias)}`;
  return {
    list: async () =>
      (await transport.call({ method: 'GET', path: 'v1/registry' }, registrySchema)).models,
    model: (id) => transport.call({ method: 'GET', path: modelPath(id) }, registeredModelSchema),
    changes: async (id) =>
      (
        await transport.call(
          { method: 'GET', path: `${modelPath(id)}/changes` },
          registryChangesSchema,
        )
      ).changes,
    publish: (id, files, { alias, note } = {}) => {
      const form = new FormData();
      for (const [name, content] of files) form.set(name, content, name);
      const path = `${modelPath(id)}/versions`;
      return transport.call(
        { method: 'POST', path, query: { alias, note }, form },
        publishResponseSchema,
      );
    },
    promote: (id, alias, version, from) =>
      transport.call(
        { method: 'PUT', path: aliasPath(id, alias), body: { version, from } },
        registeredModelSchema,
      ),
    rollBack: (id, alias, from) =>
      transport.call(
        { method: 'POST', path: `${aliasPath(id, alias)}/rollback`, body: { from } },
        registeredModelSchema,
      ),
    removeAlias: (id, alias) =>
      transport.call({ method: 'DELETE', path: aliasPath(id, alias) }, registeredModelSchema),
    deleteVersion: (id, version) =>
      transport.call(
        { method: 'DELETE', path: `${modelPath(id)}/versions/${version}` },
        registeredModelSchema,
      ),
  };
}
