import { z } from 'zod';
import { parseQueryName } from '../task/query.ts';
import {
  associationOrderSchema,
  bounded,
  indexSchema,
  LIMITS,
  modalitySchema,
  objectsSchema,
  SpecError,
} from '../task/spec.ts';
import { documentTextSchema, writeDocumentText } from './document-text.ts';
import { API_LIMITS } from './limits.ts';
import { modelReferenceSchema } from './model-reference.ts';
import { pairObjectsSchema } from './pair-objects.ts';
import type { ProbeSection } from './probes.ts';
import { sceneTextSchema } from './scene-text.ts';
import { scoreTextSchema } from './score.ts';
import { inUrl, listInUrl } from './url-parameters.ts';

/**
 * The parameters of the addresses of pages: every state of a page has an address. Scripts of pages load these schemas
 * alone, as building a schema takes time.
 */

const pairParameter = listInUrl('models', modelReferenceSchema, API_LIMITS.modelsPerRequest)
  .optional()
  .meta({
    description:
      'Models; the first two answer. By default one trained on text alone and one that reads pictures.',
  });

/** The name of a query with the question `indirect`. */
const queryParameter = z
  .string()
  .superRefine((name, context) => {
    const problem = problemOf(name);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  })
  .optional()
  .meta({
    description:
      'The name of a query, instead of objects, sceneIndex, questionIndex and order. The page shows it ' +
      'as text and as a picture, whichever modality the name has.',
    example: 'test.text.context.indirect.n8.v40-40-32.z0.g6.s0.i12.q3',
  });

function problemOf(name: string): string | undefined {
  try {
    const { question } = parseQueryName(name).spec;
    return question === 'indirect'
      ? undefined
      : `query must have the question "indirect", not "${question}"`;
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return error.message;
  }
}

export const explorerParametersSchema = z.object({
  objects: inUrl(objectsSchema).default(12).meta({ description: 'Objects in the scene.' }),
  sceneIndex: inUrl(indexSchema).default(0).meta({ description: 'Index of the scene.' }),
  questionIndex: inUrl(bounded('questionIndex', 0, LIMITS.objects - 1))
    .default(0)
    .meta({
      description: 'Index of the question; values above the last question select the last one.',
    }),
  order: associationOrderSchema.default('context').meta({
    description: "The order of the associations: the context's order, or shuffled.",
  }),
  query: queryParameter,
  models: pairParameter,
  step: inUrl(bounded('step', 1, 4))
    .optional()
    .meta({
      description: 'The step of the story that is shown; by default the one that fits the objects.',
    }),
  score: scoreTextSchema.optional(),
});
export type ExplorerParameters = z.infer<typeof explorerParametersSchema>;

export const sceneEditorParametersSchema = z.object({
  scene: sceneTextSchema.optional().meta({
    description: 'The scene; by default the first one that the models can read.',
  }),
  questionIndex: inUrl(bounded('questionIndex', 0, LIMITS.objects - 1))
    .default(0)
    .meta({ description: 'Index in the text of the object asked about, from 0.' }),
  order: z.enum(['context', 'reversed']).default('context').meta({
    description: "The order of the associations: the context's order, or reversed.",
  }),
  models: pairParameter,
});
export type SceneEditorParameters = z.infer<typeof sceneEditorParametersSchema>;

/** The index in the text of an object of the pair, by its role. */
const role = (name: string) => inUrl(bounded(name, 0, LIMITS.objects - 1)).optional();

const DOCUMENT_EXAMPLE = writeDocumentText({
  model: 'image-text',
  sweep: { objects: 8, pairs: 4 },
  runs: [{ name: 'zero', writes: [{ op: 'zero', at: { layer: 4 } }] }],
});

/** The sections beside the charts of the page. Their schemas would be in the script of every page. */
const OTHER_PROBES = [
  'linear',
  'tokens',
  'items',
  'knockout',
  'heads',
  'attribution',
  'mixture',
] as const satisfies readonly Exclude<ProbeSection, 'interchange'>[];

export const mechanismParametersSchema = z.object({
  models: pairParameter,
  modality: modalitySchema.default('text'),
  order: associationOrderSchema.default('context'),
  objects: inUrl(pairObjectsSchema).default(8),
  sceneIndex: inUrl(indexSchema).default(0).meta({ description: 'Index of the pair.' }),
  layer: inUrl(bounded('layer', 0, 48))
    .optional()
    .meta({
      description: 'The patched layer: the residual stream before it. By default the middle layer.',
    }),
  asked: role('asked'),
  positional: role('positional'),
  symbolic: role('symbolic'),
  reflexive: role('reflexive'),
  section: z.enum(OTHER_PROBES).default('linear').meta({
    description: 'The other probe that the page shows.',
  }),
  document: documentTextSchema.optional().meta({
    description: 'An intervention document that the page runs: its JSON in base64url.',
    example: DOCUMENT_EXAMPLE,
  }),
});
export type MechanismParameters = z.infer<typeof mechanismParametersSchema>;

export const inBrowserParametersSchema = z.object({
  model: modelReferenceSchema.optional().meta({ description: 'By default the first model.' }),
  objects: inUrl(objectsSchema).default(12),
  sceneIndex: inUrl(indexSchema).default(0).meta({ description: 'Index of the first scene.' }),
  engine: z
    .enum(['auto', 'webgpu', 'wasm'])
    .default('auto')
    .meta({
      description:
        'What runs the model. auto: WebGPU where the browser has it, or WebAssembly where the adapter is ' +
        'software and WebAssembly answers a first question faster. webgpu: WebGPU where the browser has it. ' +
        'wasm: WebAssembly.',
    }),
});
export type InBrowserParameters = z.infer<typeof inBrowserParametersSchema>;
