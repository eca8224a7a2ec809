import type { Locale } from '../../contract/theme-locale.ts';

/** The words of embeds outside of their figures, by language. */
export interface EmbedWords {
  /** Of the link to the site. */
  readonly link: string;
}

export const EMBED_WORDS: Readonly<Record<Locale, EmbedWords>> = {
  en: { link: 'try it yourself' },
  de: { link: 'selbst ausprobieren' },
  fr: { link: 'essayez vous-même' },
};
