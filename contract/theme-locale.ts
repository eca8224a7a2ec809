import { z } from 'zod';

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

/** Parameters of a figure without words in other languages. */
export const figureParametersSchema = z.strictObject({ theme: themeParameter });
