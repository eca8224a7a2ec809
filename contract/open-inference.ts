import { z } from 'zod';
import { MASKED } from '../task/batch.ts';
import { colourToken, itemToken, shapeToken, SPECIAL_TOKENS } from '../task/tokens.ts';
import { modelIdSchema } from './card.ts';
import { SHIPPED } from './model-reference.ts';

/**
 * The Open Inference Protocol, version 2, with its binary tensor data extension, as data.
 * https://github.com/kserve/open-inference-protocol, specification/protocol/inference_rest.md
 */

/** The number of bytes of a body that are JSON; binary tensors follow them. */
export const JSON_LENGTH_HEADER = 'inference-header-content-length';

/** Limits of this server; the protocol has none. */
export const INFERENCE_LIMITS = { bodyBytes: 2 * 1024 * 1024, tensors: 16 } as const;

const DATATYPES = ['INT32', 'FP32'] as const;
export type Datatype = (typeof DATATYPES)[number];

/** Bytes of one element of either type, little-endian. */
export const ELEMENT_BYTES = 4;

// --- Server and models ----------------------------------------------------------------------------

export const serverMetadataSchema = z.object({
  name: z.string(),
  version: z.string().meta({ description: 'Hash of the code that answers.' }),
  extensions: z.array(z.string()),
});

export const serverLiveSchema = z.object({ live: z.boolean() });

export const serverReadySchema = z.object({
  live: z.boolean(),
  ready: z.boolean().meta({ description: 'Whether every model answers a query.' }),
});

export const modelReadySchema = z.object({ name: modelIdSchema, ready: z.boolean() });

const tensorMetadataSchema = z.object({
  name: z.string(),
  datatype: z.enum(DATATYPES),
  shape: z.array(z.number().int()).meta({ description: '-1 where any size is allowed.' }),
});
export type TensorMetadata = z.infer<typeof tensorMetadataSchema>;

export const modelMetadataSchema = z.object({
  name: modelIdSchema,
  versions: z.array(z.string()),
  platform: z.literal('onnx_onnxv1'),
  inputs: z.array(tensorMetadataSchema),
  outputs: z.array(tensorMetadataSchema),
});
export type ModelMetadata = z.infer<typeof modelMetadataSchema>;

export const inferencePathSchema = z.object({
  model: modelIdSchema.meta({ example: 'text-only' }),
});

export const versionedPathSchema = inferencePathSchema.extend({
  version: z.string().meta({
    description:
      'The sha256 of the model file, which `versions` in its metadata lists, or the number or an alias ' +
      'of a published version.',
    example: SHIPPED,
  }),
});

// --- Inference ------------------------------------------------------------------------------------

const error = 'shape must be a list of up to 8 whole numbers from 0';
const shapeSchema = z.array(z.number({ error }).int(error).min(0, error), { error }).max(8, error);

/** Unknown parameters of a tensor are refused: they could change its meaning. */
const unsupported = {
  error: (issue: { code: string; keys?: string[] }) =>
    issue.code === 'unrecognized_keys'
      ? `this server does not support the tensor parameter ${issue.keys?.join(', ')}`
      : undefined,
};

const inputTensorSchema = z.object({
  name: z.string().meta({ example: 'tokens' }),
  shape: shapeSchema,
  datatype: z.enum(DATATYPES, { error: `datatype must be one of ${DATATYPES.join(', ')}` }),
  parameters: z
    .strictObject({ binary_data_size: z.number().int().min(0).optional() }, unsupported)
    .optional(),
  data: z
    .array(z.unknown())
    .optional()
    .meta({
      description:
        'The elements in row-major order, flat or nested. Absent where `binary_data_size` gives the ' +
        'number of bytes that they have after the JSON.',
    }),
});
export type InputTensor = z.infer<typeof inputTensorSchema>;

/** A prompt with one object, its association, and a question: `c s CTX_END  s i  QUE c`. */
function exampleRequest() {
  const [colour, shape, item] = [colourToken(0), shapeToken(0), itemToken(0)];
  const { CTX_END, QUE } = SPECIAL_TOKENS;
  const tokens = [colour, shape, CTX_END, shape, item, QUE, colour];
  const places = [...tokens.keys()];
  const causal = places.map((from) => places.map((to) => (to <= from ? 0 : MASKED)));
  const row = [1, tokens.length];
  return {
    inputs: [
      { name: 'tokens', shape: row, datatype: 'INT32', data: tokens },
      { name: 'positions', shape: row, datatype: 'INT32', data: places },
      { name: 'attention_bias', shape: [...row, tokens.length], datatype: 'FP32', data: [causal] },
      { name: 'answer_index', shape: [1], datatype: 'INT32', data: [tokens.length - 1] },
    ],
  };
}

export const inferenceRequestSchema = z
  .object({
    id: z.string().optional(),
    parameters: z
      .looseObject({ binary_data_output: z.boolean().optional() })
      .optional()
      .meta({ description: 'Unknown parameters have no effect.' }),
    inputs: z
      .array(inputTensorSchema)
      .min(1, 'inputs must have at least 1 entry')
      .max(
        INFERENCE_LIMITS.tensors,
        `inputs must have at most ${INFERENCE_LIMITS.tensors} entries`,
      ),
    outputs: z
      .array(
        z.object({
          name: z.string().meta({ example: 'logits' }),
          parameters: z
            .strictObject({ binary_data: z.boolean().optional() }, unsupported)
            .optional(),
        }),
      )
      .max(
        INFERENCE_LIMITS.tensors,
        `outputs must have at most ${INFERENCE_LIMITS.tensors} entries`,
      )
      .optional()
      .meta({ description: 'By default all outputs.' }),
  })
  .meta({ id: 'InferenceRequest', example: exampleRequest() });
export type InferenceRequest = z.infer<typeof inferenceRequestSchema>;

const outputTensorSchema = z.object({
  name: z.string(),
  shape: z.array(z.number().int()),
  datatype: z.enum(DATATYPES),
  parameters: z.object({ binary_data_size: z.number().int() }).optional(),
  data: z.array(z.number()).optional(),
});

export const inferenceResponseSchema = z
  .object({
    model_name: modelIdSchema,
    model_version: z.string(),
    id: z.string().optional(),
    outputs: z.array(outputTensorSchema),
  })
  .meta({ id: 'InferenceResponse' });
export type InferenceResponse = z.infer<typeof inferenceResponseSchema>;
