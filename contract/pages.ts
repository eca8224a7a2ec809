import { z } from 'zod';
import { parseQueryName } from '../task/query.ts';
import {
  associationOrderSchema,
  indexSchema,
  LIMITS,
  modalitySchema,
  objectsSchema,
  SpecError,
} from '../task/spec.ts';
import { answerSchema, API_LIMITS, bounded, inUrl, listInUrl } from './api.ts';
import { modelCardSchema } from './card.ts';
import { pairObjectsSchema } from './interventions.ts';
import { modelReferenceSchema } from './model-reference.ts';
import { recipeSchema } from './recipe.ts';
import { sceneTextSchema } from './scene-text.ts';

/** What the pages for people are made of: their addresses, and what the server renders them from. */

// --- Files ----------------------------------------------------------------------------------------

/** What the build of `site/` says to the worker: addresses of files, by page. */
export const siteManifestSchema = z.object({
  pages: z.record(
    z.string(),
    z.object({
      script: z.string().nullable(),
      /** Modules that the script imports, to be fetched along with it. */
      imports: z.array(z.string()),
      styles: z.array(z.string()),
    }),
  ),
  fonts: z.array(z.string()),
});
export type SiteManifest = z.infer<typeof siteManifestSchema>;

export const siteFilePathSchema = z.object({
  file: z.string().regex(/^[\w-]+(\.[\w-]+)*\.(js|css|woff2|wasm)$/, 'the site has no such file'),
});

// --- Addresses: every state of a page has one -----------------------------------------------------

const pairParameter = listInUrl('models', modelReferenceSchema, API_LIMITS.modelsPerRequest)
  .optional()
  .meta({
    description:
      'Models, of which the first two are asked; by default one trained on text, one that sees.',
  });

/** A query that asks as rounds do: for an item, by the colour of a shape. */
const queryParameter = z
  .string()
  .superRefine((name, context) => {
    const problem = problemOf(name);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  })
  .optional()
  .meta({
    description:
      'A query by its name, instead of objects, round, ask and order; it is shown as text and as a ' +
      'picture, whichever it names.',
    example: 'test.text.context.indirect.n8.v40-40-32.z0.g6.s0.i12.q3',
  });

function problemOf(name: string): string | undefined {
  try {
    const { question } = parseQueryName(name).spec;
    return question === 'indirect' ? undefined : `query must ask "indirect", not "${question}"`;
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return error.message;
  }
}

export const explorerParametersSchema = z.object({
  objects: inUrl(objectsSchema).default(12).meta({ description: 'Objects in the scene shown.' }),
  sceneIndex: inUrl(indexSchema).default(0).meta({ description: 'Number of the scene shown.' }),
  questionIndex: inUrl(bounded('ask', 0, LIMITS.objects - 1))
    .default(0)
    .meta({
      description: 'Number of the question; as many as there are objects, the last where more.',
    }),
  order: associationOrderSchema.default('context').meta({
    description: "Order of the associations: the context's own, or shuffled.",
  }),
  query: queryParameter,
  models: pairParameter,
});
export type ExplorerParameters = z.infer<typeof explorerParametersSchema>;

export const sceneEditorParametersSchema = z.object({
  scene: sceneTextSchema.optional().meta({
    description: 'The scene; without one, the first that the models asked can read.',
  }),
  questionIndex: inUrl(bounded('ask', 0, LIMITS.objects - 1))
    .default(0)
    .meta({ description: 'Place in the text of the object asked about, from 0.' }),
  order: z.enum(['context', 'reversed']).default('context').meta({
    description: "Order of the associations: the context's own, or the last one first.",
  }),
  models: pairParameter,
});
export type SceneEditorParameters = z.infer<typeof sceneEditorParametersSchema>;

/** The objects of a pair, by what finds them: places in the text, from 0. */
const role = inUrl(bounded('a role', 0, LIMITS.objects - 1)).optional();

export const mechanismParametersSchema = z.object({
  models: pairParameter,
  modality: modalitySchema.default('text'),
  order: associationOrderSchema.default('context'),
  objects: inUrl(pairObjectsSchema).default(8),
  sceneIndex: inUrl(indexSchema).default(0).meta({ description: 'Number of the pair.' }),
  layer: inUrl(bounded('layer', 0, 48))
    .optional()
    .meta({
      description: 'The residual stream before this layer is patched; without one, the middle.',
    }),
  asked: role,
  positional: role,
  symbolic: role,
  reflexive: role,
  section: z.enum(['tokens', 'knockout', 'linear', 'heads']).default('linear').meta({
    description: 'Which of the other probes is shown.',
  }),
});
export type MechanismParameters = z.infer<typeof mechanismParametersSchema>;

export const inBrowserParametersSchema = z.object({
  model: modelReferenceSchema.optional().meta({ description: 'By default the first.' }),
  objects: inUrl(objectsSchema).default(12),
  sceneIndex: inUrl(indexSchema).default(0).meta({ description: 'Number of the first scene.' }),
  engine: z.enum(['webgpu', 'wasm']).default('webgpu').meta({
    description:
      'What runs the model: WebGPU where the browser has it, or WebAssembly at any rate.',
  }),
});
export type InBrowserParameters = z.infer<typeof inBrowserParametersSchema>;

// --- What pages are rendered from -----------------------------------------------------------------

/** What pages tell of a model: its card, without the course of its training. */
export const siteModelSchema = modelCardSchema
  .pick({ modalities: true, parameters: true, files: true, evaluation: true })
  .extend({
    /** What the page calls it: its id, or a version of it that the address names. */
    id: modelReferenceSchema,
    recipe: recipeSchema.pick({
      description: true,
      preset: true,
      model: true,
      encoder: true,
      vocabulary: true,
      grid: true,
    }),
    steps: z.number().int(),
  });
export type SiteModel = z.infer<typeof siteModelSchema>;

/** One model's answer, and what it was shown. */
export const shownAnswerSchema = z.object({
  modality: modalitySchema,
  model: modelReferenceSchema,
  /** null where the model could not be asked. */
  answer: answerSchema.nullable(),
});
export type ShownAnswer = z.infer<typeof shownAnswerSchema>;

/** What every page is rendered from. */
const stateOf = <P extends string, S extends z.ZodObject>(page: P, parameters: S) =>
  z.object({ page: z.literal(page), models: z.array(siteModelSchema), parameters });

export const explorerStateSchema = stateOf('explorer', explorerParametersSchema).extend({
  origin: z.string(),
  answers: z.array(shownAnswerSchema),
});
export type ExplorerState = z.infer<typeof explorerStateSchema>;

export const sceneEditorStateSchema = stateOf('scene-editor', sceneEditorParametersSchema);
export type SceneEditorState = z.infer<typeof sceneEditorStateSchema>;

export const mechanismStateSchema = stateOf('mechanism', mechanismParametersSchema);
export type MechanismState = z.infer<typeof mechanismStateSchema>;

export const inBrowserStateSchema = stateOf('in-browser', inBrowserParametersSchema);
export type InBrowserState = z.infer<typeof inBrowserStateSchema>;

export const pageStateSchema = z.discriminatedUnion('page', [
  explorerStateSchema,
  sceneEditorStateSchema,
  mechanismStateSchema,
  inBrowserStateSchema,
]);
export type PageState = z.infer<typeof pageStateSchema>;
