import type { Locale } from '../../contract/theme-locale.ts';
import type { WatchState } from '../../contract/watches.ts';

/** The words of watches in embeds, by language. */
export interface StatusWords {
  readonly title: string;
  readonly description: string;
  readonly states: Readonly<Record<WatchState | 'new', string>>;
  readonly noRuns: string;
  /** Such as `The last 48 runs`. */
  readonly lastRuns: (count: number) => string;
  readonly since: string;
  readonly none: string;
}

export const STATUS_WORDS: Readonly<Record<Locale, StatusWords>> = {
  en: {
    title: 'Status of watched models',
    description: 'Whether the watched models still answer as well as their baselines.',
    states: {
      ...{ passing: 'passing', regressed: 'regressed', insufficient: 'insufficient' },
      ...{ unreachable: 'unreachable', new: 'new' },
    },
    noRuns: 'No runs yet',
    lastRuns: (count) => `The last ${count === 1 ? 'run' : `${count} runs`}`,
    since: 'since',
    none: 'There are no watches.',
  },
  de: {
    title: 'Zustand der beobachteten Modelle',
    description: 'Ob die beobachteten Modelle noch so gut antworten wie ihre Baselines.',
    states: {
      ...{ passing: 'in Ordnung', regressed: 'schlechter', insufficient: 'nicht aussagekräftig' },
      ...{ unreachable: 'nicht erreichbar', new: 'neu' },
    },
    noRuns: 'Noch keine Prüfung',
    lastRuns: (count) => (count === 1 ? 'Die letzte Prüfung' : `Die letzten ${count} Prüfungen`),
    since: 'seit',
    none: 'Es gibt keine beobachteten Modelle.',
  },
  fr: {
    title: 'État des modèles surveillés',
    description: 'Si les modèles surveillés répondent toujours aussi bien que leurs références.',
    states: {
      ...{ passing: 'conforme', regressed: 'moins bon', insufficient: 'non concluant' },
      ...{ unreachable: 'injoignable', new: 'nouveau' },
    },
    noRuns: 'Aucun contrôle pour le moment',
    lastRuns: (count) => (count === 1 ? 'Le dernier contrôle' : `Les ${count} derniers contrôles`),
    since: 'depuis',
    none: "Il n'y a pas de modèle surveillé.",
  },
};
