import { z } from 'zod';
import { bounded } from '../task/spec.ts';
import { inUrl } from './url-parameters.ts';

/** Theme and language of figures and pages. */

/** `auto`: the preference of the reader's system. */
export const THEMES = ['auto', 'light', 'dark'] as const;
export const themeSchema = z.enum(THEMES, { error: `theme must be one of ${THEMES.join(', ')}` });
export type Theme = z.infer<typeof themeSchema>;

export const LOCALES = ['en', 'de', 'fr'] as const;
export const localeSchema = z.enum(LOCALES, {
  error: `locale must be one of ${LOCALES.join(', ')}`,
});
export type Locale = z.infer<typeof localeSchema>;

export const themeParameter = themeSchema.default('auto').meta({
  description: 'Colours; auto follows the system of the reader.',
});
export const localeParameter = localeSchema.default('en').meta({
  description: 'Language of words and numbers.',
});

/** Most and fewest pixels of a figure that is laid out for a width. */
export const FIGURE_WIDTH = { min: 280, max: 1600 } as const;

export const widthParameter = inUrl(bounded('width', FIGURE_WIDTH.min, FIGURE_WIDTH.max))
  .optional()
  .meta({
    description:
      'Pixels. The figure is laid out for it, so that text keeps its size. By default 800.',
  });

/** What every figure takes. */
export const figureParameters = {
  theme: themeParameter,
  locale: localeParameter,
  width: widthParameter,
};

export const figureParametersSchema = z.object(figureParameters);
