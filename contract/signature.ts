import { z } from 'zod';

/** The inputs and outputs of a model file (onnx/signature.ts). */

const inputSchema = z.object({
  name: z.string(),
  role: z.enum([
    'tokens',
    'positions',
    'attention-mask',
    'cache',
    'attention-bias',
    'answer-index',
    'patch-features',
  ]),
  type: z.enum(['int32', 'int64', 'bool', 'float32', 'float16']),
  dims: z.array(z.union([z.number().int().min(0), z.enum(['rows', 'tokens', 'answers'])])).meta({
    description: 'Fixed sizes as numbers, variable sizes by name.',
  }),
});

export const signatureSchema = z
  .object({
    kind: z.enum(['bindscope', 'decoder']).meta({
      description:
        'bindscope: the inputs of models of this project; decoder: input_ids, with optional ' +
        'attention_mask, position_ids and past_key_values.',
    }),
    inputs: z.array(inputSchema),
    logits: z.object({
      name: z.string(),
      type: z.enum(['float32', 'float16']),
      at: z.enum(['answers', 'every-token', 'last-token']),
    }),
    vocabulary: z.number().int().min(1).meta({ description: 'The number of logits.' }),
  })
  .meta({ description: 'The inputs and outputs of the model file.' });
export type Signature = z.infer<typeof signatureSchema>;
