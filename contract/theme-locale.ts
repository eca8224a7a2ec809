import { z } from 'zod';

/** How figures may be asked for: in which colours, in which language. */

/** `auto`: as the reader's system prefers. */
export const THEMES = ['auto', 'light', 'dark'] as const;
export const themeSchema = z.enum(THEMES, { error: `theme must be one of ${THEMES.join(', ')}` });
export type Theme = z.infer<typeof themeSchema>;

export const LOCALES = ['en', 'de', 'fr'] as const;
export const localeSchema = z.enum(LOCALES, {
  error: `locale must be one of ${LOCALES.join(', ')}`,
});
export type Locale = z.infer<typeof localeSchema>;

export const themeParameter = themeSchema.default('auto').meta({
  description: "Colours: auto follows the reader's system.",
});
export const localeParameter = localeSchema.default('en').meta({
  description: 'Language of the words and of the numbers.',
});

/** Parameters of a figure that can be nothing else but light or dark. */
export const figureParametersSchema = z.strictObject({ theme: themeParameter });
