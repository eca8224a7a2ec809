import type { Locale } from '../../contract/theme-locale.ts';

/** What embeds say beside their figures, language by language. */
export interface EmbedWords {
  /** Of the link to the site. */
  readonly back: string;
}

export const EMBED_WORDS: Readonly<Record<Locale, EmbedWords>> = {
  en: { back: 'try it yourself' },
  de: { back: 'selbst ausprobieren' },
  fr: { back: 'essayer soi-même' },
};
