import type { AssetSource } from '../services/catalogue.ts';

/** The static assets of the worker. */
export function assetSource(assets: Fetcher): AssetSource {
  return {
    async read(path) {
      // The binding looks at the path alone, but wants a whole URL.
      const response = await assets.fetch(`https://assets.local/${path}`);
      if (response.status === 404) return undefined;
      if (!response.ok || !response.body) throw new Error(`asset ${path}: ${response.status}`);
      return response.body;
    },
  };
}
