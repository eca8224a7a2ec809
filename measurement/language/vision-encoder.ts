import type { InferenceSession, Tensor } from 'onnxruntime-common';
import { z } from 'zod';
import type { Prompt } from '../../inference/prompt.ts';
import type { NodeRuntime } from '../../node/onnx-runtime.ts';
import { deepstackNames } from '../../onnx/signature-inputs.ts';
import type { Picture } from '../../task/picture.ts';
import { LanguageModelError } from './onnx-folder.ts';
import { picturePatches, picturePositions, pictureConfigSchema } from './picture-input.ts';

/** Turns pictures into embeddings in a prompt, for the layouts of Qwen2-VL, Qwen2.5-VL and Qwen3-VL. */

const MODEL_TYPES = ['qwen2_vl', 'qwen2_5_vl', 'qwen3_vl'];

const visionConfigSchema = z.object({
  image_token_id: z.number().int(),
  vision_start_token_id: z.number().int(),
  vision_end_token_id: z.number().int(),
  vision_config: z
    .object({ deepstack_visual_indexes: z.array(z.number()).default([]) })
    .default({ deepstack_visual_indexes: [] }),
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
  /** Inputs of the decoder. */
  readonly decoderInputs: readonly string[];
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
        `pictures can be shown to ${MODEL_TYPES.join(', ')}; ${folder} is ${modelType ?? 'unknown'}`,
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
    const config = read(visionConfigSchema, 'config.json', files.config);
    const pictures = read(pictureConfigSchema, 'preprocessor_config.json', files.preprocessor);
    const session = await create(vision);
    const layers = config.vision_config.deepstack_visual_indexes.length;
    const [made, taken] = [session.outputNames, files.decoderInputs].map(
      (names) => deepstackNames(names).length,
    );
    if (made !== layers || taken !== layers) {
      throw new LanguageModelError(
        `${folder}: the model adds features of a picture after ${layers} layers (DeepStack); ` +
          `its encoder has ${made} outputs for them, its decoder ${taken} inputs`,
      );
    }
    return new VisionEncoder(session, runtime.Tensor, config, pictures);
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
      picture: { start, ...(await this.#encode(values, rows, columns)) },
    };
  }

  async release(): Promise<void> {
    await this.session.release();
  }

  async #encode(values: Float32Array, rows: number, columns: number) {
    const { session, tensor: TensorClass } = this;
    const patches = rows * columns;
    // The Hub's exports of Qwen2-VL name it grid_thw.
    const grid = session.inputNames.find((name) => name.endsWith('grid_thw')) ?? '';
    const feeds = {
      pixel_values: new TensorClass('float32', values, [patches, values.length / patches]),
      [grid]: new TensorClass('int64', BigInt64Array.from([1, rows, columns], BigInt), [1, 3]),
    };
    const outputs = await session.run(feeds);
    const read = (name: string): Float32Array => {
      const data = outputs[name]?.data;
      if (data instanceof Float32Array) return data;
      throw new LanguageModelError(`the vision encoder's output "${name}" is not float32`);
    };
    const deepstack = deepstackNames(session.outputNames);
    const [main = ''] = session.outputNames.filter((name) => !deepstack.includes(name));
    return { features: read(main), deepstack: deepstack.map(read) };
  }
}
