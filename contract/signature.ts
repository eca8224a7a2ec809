import { z } from 'zod';

/** How a model file is fed and what it gives, as read from the file (onnx/signature.ts). */

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
    description: 'Sizes, and names of the sizes that the caller chooses.',
  }),
});

export const signatureSchema = z
  .object({
    kind: z.enum(['bindscope', 'decoder']).meta({
      description:
        'bindscope: the inputs of models that the trainer here exports; decoder: input_ids and what ' +
        'belongs to them.',
    }),
    inputs: z.array(inputSchema),
    logits: z.object({
      name: z.string(),
      type: z.enum(['float32', 'float16']),
      at: z.enum(['answers', 'every-token', 'last-token']),
    }),
    vocabulary: z.number().int().positive().meta({ description: 'The number of logits.' }),
  })
  .meta({ description: 'The inputs and the output of the model file, as read from the file.' });
export type Signature = z.infer<typeof signatureSchema>;
