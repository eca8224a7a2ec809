import type { InferenceSession, Tensor } from 'onnxruntime-common';
import { z } from 'zod';
import type { Prompt } from '../../inference/prompt.ts';
import type { NodeRuntime } from '../../node/onnx-runtime.ts';
import type { Picture } from '../../task/picture.ts';
import { LanguageModelError } from './onnx-folder.ts';
import { picturePatches, picturePositions, pictureConfigSchema } from './picture-input.ts';

/** Turns pictures into embeddings in a prompt, for the layouts of Qwen2-VL and Qwen2.5-VL. */

/** Qwen3-VL also adds features inside the decoder, for which exports have no common form. */
const MODEL_TYPES = ['qwen2_vl', 'qwen2_5_vl'];

const visionConfigSchema = z.object({
  image_token_id: z.number().int(),
  vision_start_token_id: z.number().int(),
  vision_end_token_id: z.number().int(),
});

/** What is needed of a folder to see. */
export interface VisionFiles {
  readonly folder: string;
  readonly modelType: string | null;
  /** The file of the encoder, where there is one. */
  readonly vision: string | undefined;
  /** Contents of `config.json`. */
  readonly config: object;
  /** Contents of `preprocessor_config.json`. */
  readonly preprocessor: object;
}

/** What encodes a picture. */
export class VisionEncoder {
  private constructor(
    private readonly session: InferenceSession,
    private readonly tensor: typeof Tensor,
    private readonly tokens: z.infer<typeof visionConfigSchema>,
    private readonly pictures: z.infer<typeof pictureConfigSchema>,
  ) {}

  /** @throws LanguageModelError where the folder's model cannot see, or not in a way that is known here */
  static async open(
    files: VisionFiles,
    runtime: NodeRuntime,
    create: (path: string) => Promise<InferenceSession>,
  ): Promise<VisionEncoder> {
    const { folder, vision, modelType } = files;
    if (vision === undefined) {
      throw new LanguageModelError(
        `${folder} has no vision_encoder.onnx, so it cannot see pictures`,
      );
    }
    if (!MODEL_TYPES.includes(modelType ?? '')) {
      throw new LanguageModelError(
        `pictures can be shown to ${MODEL_TYPES.join(' and ')}; ${folder} is ${modelType ?? 'unknown'}`,
      );
    }
    const read = <T>(schema: z.ZodType<T>, name: string, value: object): T => {
      const parsed = schema.safeParse(value);
      if (parsed.success) return parsed.data;
      const [issue] = parsed.error.issues;
      const where = `${folder}/${name}`;
      throw new LanguageModelError(
        `${where}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
      );
    };
    const tokens = read(visionConfigSchema, 'config.json', files.config);
    const pictures = read(pictureConfigSchema, 'preprocessor_config.json', files.preprocessor);
    return new VisionEncoder(await create(vision), runtime.Tensor, tokens, pictures);
  }

  /** Puts a picture where the chat template has its one placeholder; else before the text. */
  async insert(ids: readonly number[], picture: Picture): Promise<Prompt> {
    const { image_token_id: image, vision_start_token_id, vision_end_token_id } = this.tokens;
    const { values, rows, columns } = picturePatches(picture, this.pictures);
    const { merge } = this.pictures;
    const size = { rows: rows / merge, columns: columns / merge };
    const marked = ids.includes(image)
      ? ids
      : [vision_start_token_id, image, vision_end_token_id, ...ids];
    const start = marked.indexOf(image);
    const placeholders = Array.from({ length: size.rows * size.columns }, () => image);
    const tokens = [...marked.slice(0, start), ...placeholders, ...marked.slice(start + 1)];
    return {
      tokens,
      positions: picturePositions(tokens.length, { start, ...size }),
      picture: { start, features: await this.#encode(values, rows, columns) },
    };
  }

  async release(): Promise<void> {
    await this.session.release();
  }

  async #encode(values: Float32Array, rows: number, columns: number): Promise<Float32Array> {
    const { session, tensor: TensorClass } = this;
    const patches = rows * columns;
    const feeds = {
      pixel_values: new TensorClass('float32', values, [patches, values.length / patches]),
      image_grid_thw: new TensorClass(
        'int64',
        BigInt64Array.from([1, rows, columns], BigInt),
        [1, 3],
      ),
    };
    const [output = ''] = session.outputNames;
    const { [output]: features } = await session.run(feeds, [output]);
    if (!(features?.data instanceof Float32Array)) {
      throw new LanguageModelError(`the vision encoder's output "${output}" is not float32`);
    }
    return features.data;
  }
}
