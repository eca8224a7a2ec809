import type { z } from 'zod';
import {
  publishResponseSchema,
  registeredModelSchema,
  registrySchema,
  type RegisteredModel,
} from '../contract/registry.ts';
import type { Transport } from './transport.ts';

/** The registry of a deployment. What changes something needs the client's `token`. */
export interface RegistryClient {
  list(): Promise<readonly RegisteredModel[]>;
  model(id: string): Promise<RegisteredModel>;
  /**
   * Publishes a version. The same files again are the same version.
   *
   * @param files those of a model's folder, by name: `card.json`, `model.onnx` and, where
   *   there are any, `encoder.onnx` and `probes.json`
   */
  publish(
    id: string,
    files: ReadonlyMap<string, Blob>,
    options?: { readonly alias?: string | undefined; readonly note?: string | undefined },
  ): Promise<z.output<typeof publishResponseSchema>>;
  /** @param from where the alias must point before, null for nowhere */
  promote(
    id: string,
    alias: string,
    version: number,
    from?: number | null,
  ): Promise<RegisteredModel>;
  /** @param from where the alias points now */
  rollBack(id: string, alias: string, from: number): Promise<RegisteredModel>;
  removeAlias(id: string, alias: string): Promise<RegisteredModel>;
  deleteVersion(id: string, version: number): Promise<RegisteredModel>;
}

export function registryClient(transport: Transport): RegistryClient {
  const of = (id: string) => `v1/registry/${encodeURIComponent(id)}`;
  const aliasOf = (id: string, alias: string) => `${of(id)}/aliases/${encodeURIComponent(alias)}`;
  return {
    list: async () =>
      (await transport.call({ method: 'GET', path: 'v1/registry' }, registrySchema)).models,
    model: (id) => transport.call({ method: 'GET', path: of(id) }, registeredModelSchema),
    publish: (id, files, { alias, note } = {}) => {
      const form = new FormData();
      for (const [name, content] of files) form.set(name, content, name);
      const path = `${of(id)}/versions`;
      return transport.call(
        { method: 'POST', path, query: { alias, note }, form },
        publishResponseSchema,
      );
    },
    promote: (id, alias, version, from) =>
      transport.call(
        { method: 'PUT', path: aliasOf(id, alias), body: { version, from } },
        registeredModelSchema,
      ),
    rollBack: (id, alias, from) =>
      transport.call(
        { method: 'POST', path: `${aliasOf(id, alias)}/rollback`, body: { from } },
        registeredModelSchema,
      ),
    removeAlias: (id, alias) =>
      transport.call({ method: 'DELETE', path: aliasOf(id, alias) }, registeredModelSchema),
    deleteVersion: (id, version) =>
      transport.call(
        { method: 'DELETE', path: `${of(id)}/versions/${version}` },
        registeredModelSchema,
      ),
  };
}
