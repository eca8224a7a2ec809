import type { InferenceSession } from 'onnxruntime-common';
import type { PatchEncoder } from '../../inference/patch-encoder.ts';
import { nodeRuntime } from '../../node/onnx-runtime.ts';
import { renderPicture, type PlacedObject } from '../../task/picture.ts';
import type { OnnxPreset } from './onnx-presets.ts';
import { networkInput, poolToGrid, type TokenGrid } from './picture-tensors.ts';

/** Which of a session's tensors are fed and read. */
export interface NetworkIo {
  readonly input: string;
  /** Whether pictures may be larger than the preset says. */
  readonly anySize: boolean;
  readonly output: string;
}

/** A vision network that encodes whole pictures. */
export class PictureNetwork implements PatchEncoder {
  readonly width: number;

  /** @param refuse throws an error that names the file and what the preset expects */
  constructor(
    private readonly session: InferenceSession,
    private readonly io: NetworkIo,
    private readonly preset: OnnxPreset,
    private readonly refuse: (reason: string) => never,
  ) {
    this.width = preset.width;
  }

  async encode(objects: readonly PlacedObject[], grid: number): Promise<Float32Array> {
    const { side, size, layout } = this.preset;
    // Tokens larger than cells would mix neighbouring cells; a larger picture has more tokens.
    const enlargement = Math.ceil(grid / side);
    if (enlargement > 1 && !(this.io.anySize && layout === 'map')) {
      this.refuse(
        `its ${side} x ${side} tokens are too coarse for pictures of ${grid} x ${grid} cells`,
      );
    }
    const pixels = enlargement * size;
    const picture = renderPicture(objects, grid);
    return poolToGrid(await this.tokens(networkInput(picture, pixels, this.preset), pixels), grid);
  }

  /** @param pixels [3, size, size] */
  async tokens(pixels: Float32Array, size: number): Promise<TokenGrid> {
    const { Tensor } = await nodeRuntime();
    const { input, output } = this.io;
    const feeds = { [input]: new Tensor('float32', pixels, [1, 3, size, size]) };
    const tensor = (await this.session.run(feeds, [output]))[output];
    const { layout, prefix, width } = this.preset;
    const side = (this.preset.side * size) / this.preset.size;
    const expected = layout === 'map' ? [1, width, side, side] : [1, prefix + side ** 2, width];
    const shape = tensor?.dims ?? [];
    const fits =
      shape.length === expected.length && shape.every((length, axis) => length === expected[axis]);
    if (!(tensor?.data instanceof Float32Array) || !fits) {
      const type = tensor?.type ?? 'missing';
      return this.refuse(
        `${output} is ${type} [${shape.join(', ')}] and must be float32 [${expected.join(', ')}]`,
      );
    }
    const values = tensor.data;
    const at: TokenGrid['at'] =
      layout === 'map'
        ? (row, column, feature) => values[(feature * side + row) * side + column] ?? 0
        : (row, column, feature) => values[(prefix + row * side + column) * width + feature] ?? 0;
    return { width, side, at };
  }
}
