import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import type { EncoderIdentity } from '../../contract/recipe.ts';
import type { PatchEncoder } from '../../inference/patch-encoder.ts';
import type { PlacedObject } from '../../task/picture.ts';
import { sha256, writeAtomically } from '../../node/files.ts';

export interface CacheOptions {
  readonly directory: string;
  /** Most bytes in the folder; beyond it the least recently used files are deleted. */
  readonly limit: number;
}

/** Keeps the features of pictures on disk, by encoder, grid and objects. */
export class DiskCache implements PatchEncoder {
  readonly width: number;
  #bytes: number | undefined;

  constructor(
    private readonly encoder: PatchEncoder,
    private readonly identity: EncoderIdentity,
    private readonly options: CacheOptions,
  ) {
    this.width = encoder.width;
  }

  async encode(objects: readonly PlacedObject[], grid: number): Promise<Float32Array> {
    const path = join(this.options.directory, `${this.#key(objects, grid)}.f32`);
    const size = 4 * grid * grid * this.width;
    if (existsSync(path)) {
      const bytes = readFileSync(path);
      const now = new Date();
      utimesSync(path, now, now);
      if (bytes.length === size) return new Float32Array(new Uint8Array(bytes).buffer);
    }
    const features = await this.encoder.encode(objects, grid);
    mkdirSync(this.options.directory, { recursive: true });
    writeAtomically(path, new Uint8Array(features.buffer, features.byteOffset, size));
    this.#evict(size);
    return features;
  }

  #key(objects: readonly PlacedObject[], grid: number): string {
    const scene = objects
      .map(({ colour, shape, row, column }) => [row, column, colour, shape].join(' '))
      .sort();
    return sha256(JSON.stringify([this.identity.sha256, grid, scene]));
  }

  /** @param added bytes written since the last call */
  #evict(added: number): void {
    const { directory, limit } = this.options;
    this.#bytes = this.#bytes === undefined ? totalSize(this.#files()) : this.#bytes + added;
    if (this.#bytes <= limit) return;
    const files = this.#files().sort((a, b) => a.used - b.used);
    this.#bytes = totalSize(files);
    for (const { name, size } of files) {
      // Ten percent below the limit, so that the next pictures need no eviction.
      if (this.#bytes <= 0.9 * limit) break;
      rmSync(join(directory, name), { force: true });
      this.#bytes -= size;
    }
  }

  #files(): { name: string; size: number; used: number }[] {
    const { directory } = this.options;
    return readdirSync(directory)
      .filter((name) => name.endsWith('.f32'))
      .map((name) => {
        const { size, mtimeMs } = statSync(join(directory, name));
        return { name, size, used: mtimeMs };
      });
  }
}

const totalSize = (files: readonly { readonly size: number }[]): number =>
  files.reduce((sum, { size }) => sum + size, 0);
