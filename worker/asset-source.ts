import type { AssetSource } from '../services/catalogue.ts';

/** The static assets of the worker. */
export function assetSource(assets: Fetcher): AssetSource {
  return {
    locate: (path) => path,
    async read(path) {
      // The binding uses only the path, but needs a complete URL.
      const response = await assets.fetch(`https://assets.local/${path}`);
      if (response.status === 404) return undefined;
      const { body } = response;
      if (!response.ok || !body) throw new Error(`asset ${path}: ${response.status}`);
      return { stream: () => body, arrayBuffer: () => response.arrayBuffer() };
    },
  };
}
