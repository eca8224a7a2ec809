import { z } from 'zod';
import { gridSchema, modalitySchema, vocabularySchema } from '../task/spec.ts';
import { cardSummarySchema } from './card.ts';
import { modelReferenceSchema } from './model-reference.ts';
import type {
  ExplorerParameters,
  InBrowserParameters,
  MechanismParameters,
  SceneEditorParameters,
} from './page-parameters.ts';
import { answerSchema } from './predictions.ts';
import { signatureSchema } from './signature.ts';

/** Pages: their files, and the state from which the server renders them. */

// --- Files ----------------------------------------------------------------------------------------

/** Addresses of the built files of `site/`, by page. */
export const siteManifestSchema = z.object({
  pages: z.record(
    z.string(),
    z.object({
      script: z.string().nullable(),
      /** Modules that the script imports, for preloading. */
      imports: z.array(z.string()),
      styles: z.array(z.string()),
    }),
  ),
  fonts: z.array(z.string()),
});
export type SiteManifest = z.infer<typeof siteManifestSchema>;

export const siteFilePathSchema = z.object({
  file: z
    .string()
    .regex(
      /^[\w-]+(\.[\w-]+)*\.(js|css|woff2|wasm)$/,
      'file must be the name of a .js, .css, .woff2 or .wasm file',
    ),
});

/** The icon of the site in pixels, as `180.png`. */
export const iconPathSchema = z.object({
  size: z.preprocess(
    (file) => Number(String(file).replace(/\.png$/, '')),
    z.union([z.literal(180), z.literal(192), z.literal(512)], {
      error: 'an icon must have 180, 192 or 512 pixels',
    }),
  ),
});

// --- What pages are rendered from -----------------------------------------------------------------

/** The part of a model card that pages use. */
export const siteModelSchema = cardSummarySchema.extend({
  /** As the address names it: an id, or one version of a model. */
  id: modelReferenceSchema,
  description: z.string(),
  vocabulary: vocabularySchema,
  grid: gridSchema,
  layers: z.number().int(),
  width: z.number().int(),
  heads: z.number().int(),
  featureWidth: z.number().int(),
  signature: signatureSchema.optional(),
  /** Of trained models. */
  regime: z.string().nullable(),
  preset: z.string().nullable(),
  encoder: z.string().nullable(),
  steps: z.number().int().nullable(),
});
export type SiteModel = z.infer<typeof siteModelSchema>;

/** The answer of one model, and the modality of the query. */
export const shownAnswerSchema = z.object({
  modality: modalitySchema,
  model: modelReferenceSchema,
  /** null where the model could not be loaded. */
  answer: answerSchema.nullable(),
});
export type ShownAnswer = z.infer<typeof shownAnswerSchema>;

/**
 * The state from which a page is rendered. The server writes it into the page; the page's script is of the same build,
 * and takes it as it is.
 */
interface StateOf<P extends string, T> {
  readonly page: P;
  readonly models: SiteModel[];
  readonly parameters: T;
}

export interface ExplorerState extends StateOf<'explorer', ExplorerParameters> {
  readonly origin: string;
  readonly answers: ShownAnswer[];
}
export type SceneEditorState = StateOf<'scene-editor', SceneEditorParameters>;
export type MechanismState = StateOf<'mechanism', MechanismParameters>;
export type InBrowserState = StateOf<'in-browser', InBrowserParameters>;

export type PageState = ExplorerState | SceneEditorState | MechanismState | InBrowserState;
