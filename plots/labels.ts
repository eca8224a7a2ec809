import type { OUTCOMES } from '../contract/probes.ts';
import type { Locale } from '../contract/theme-locale.ts';
import { formatPercent } from '../statistics/format.ts';
import { RANGE_NAMES, type Condition } from '../task/conditions.ts';
import type { Modality } from '../task/spec.ts';

/** The texts of figures, by language. */

export type Outcome = (typeof OUTCOMES)[number];

/** The technical terms of outcomes whose labels are plain words; the API uses the terms. */
const OUTCOME_TERMS: Readonly<Partial<Record<Outcome, string>>> = {
  positional: 'positional',
  symbolic: 'symbolic',
  reflexive: 'reflexive',
};

export interface FigureLabels {
  readonly title: Readonly<Record<Modality, string>>;
  readonly shuffled: string;
  readonly objects: string;
  readonly inDistribution: string;
  readonly outOfDistribution: string;
  readonly model: string;
  readonly upToObjects: (objects: number) => string;
  readonly moreThanObjects: (objects: number) => string;
  readonly objectCount: (objects: number) => string;
  readonly correctOf: (correct: string, count: string) => string;
  readonly accuracyNote: string;
  readonly patchingNote: string;
  readonly mechanismTitle: string;
  readonly modalities: Readonly<Record<Modality, string>>;
  readonly layerAxis: string;
  readonly atLayer: (layer: number) => string;
  readonly partOfTotal: (part: number | string, total: number | string) => string;
  /** Head of a table column. */
  readonly layerColumn: string;
  readonly pairsAndObjects: (pairs: number, objects: number) => string;
  /** Heading of an error. */
  readonly notShown: string;
  readonly outcomes: Readonly<Record<Outcome, string>>;
}

export const FIGURE_LABELS: Readonly<Record<Locale, FigureLabels>> = {
  en: {
    title: { text: 'Accuracy on text', image: 'Accuracy on pictures' },
    shuffled: 'associations shuffled',
    objects: 'objects in the scene',
    inDistribution: RANGE_NAMES.id,
    outOfDistribution: RANGE_NAMES.ood,
    model: 'Model',
    upToObjects: (objects) => `2 to ${objects} objects`,
    moreThanObjects: (objects) => `more than ${objects}`,
    objectCount: (objects) => `${objects} ${objects === 1 ? 'object' : 'objects'}`,
    correctOf: (correct, count) => `${correct} of ${count} correct`,
    accuracyNote: 'Correct answers / questions; brackets and bars are 95 % Wilson intervals.',
    patchingNote: 'Answers / pairs; brackets are 95 % Wilson intervals.',
    mechanismTitle: 'Which answer a patched layer gives',
    modalities: { text: 'text', image: 'pictures' },
    layerAxis: 'residual stream before layer',
    atLayer: (layer) => `layer ${layer}`,
    partOfTotal: (part, total) => `${part} of ${total}`,
    layerColumn: 'layer',
    pairsAndObjects: (pairs, objects) => `${pairs} pairs, ${objects} objects`,
    notShown: 'This cannot be shown',
    outcomes: {
      positional: 'by place',
      symbolic: 'by shape',
      reflexive: 'copied',
      unchanged: 'unchanged',
      other: 'other',
    },
  },
  de: {
    title: { text: 'Genauigkeit auf Text', image: 'Genauigkeit auf Bildern' },
    shuffled: 'Zuordnungen gemischt',
    objects: 'Objekte in der Szene',
    inDistribution: 'wie im Training',
    outOfDistribution: 'mehr als im Training',
    model: 'Modell',
    upToObjects: (objects) => `2 bis ${objects} Objekte`,
    moreThanObjects: (objects) => `mehr als ${objects}`,
    objectCount: (objects) => `${objects} ${objects === 1 ? 'Objekt' : 'Objekte'}`,
    correctOf: (correct, count) => `${correct} von ${count} richtig`,
    accuracyNote:
      'Richtige Antworten / Fragen; Klammern und Balken sind 95-%-Intervalle nach Wilson.',
    patchingNote: 'Antworten / Paare; Klammern sind 95-%-Intervalle nach Wilson.',
    mechanismTitle: 'Antworten nach dem Ersetzen einer Schicht',
    modalities: { text: 'Text', image: 'Bilder' },
    layerAxis: 'Residualstrom vor Schicht',
    atLayer: (layer) => `Schicht ${layer}`,
    partOfTotal: (part, total) => `${part} von ${total}`,
    layerColumn: 'Schicht',
    pairsAndObjects: (pairs, objects) => `${pairs} Paare, ${objects} Objekte`,
    notShown: 'Das kann nicht gezeigt werden',
    outcomes: {
      positional: 'nach Platz',
      symbolic: 'nach Form',
      reflexive: 'kopiert',
      unchanged: 'unverändert',
      other: 'andere',
    },
  },
  fr: {
    title: { text: 'Exactitude sur le texte', image: 'Exactitude sur les images' },
    shuffled: 'associations mélangées',
    objects: 'objets dans la scène',
    inDistribution: 'comme à l’entraînement',
    outOfDistribution: 'plus qu’à l’entraînement',
    model: 'Modèle',
    upToObjects: (objects) => `2 à ${objects} objets`,
    moreThanObjects: (objects) => `plus de ${objects}`,
    objectCount: (objects) => `${objects} ${objects === 1 ? 'objet' : 'objets'}`,
    correctOf: (correct, count) => `${correct} justes sur ${count}`,
    accuracyNote:
      'Réponses justes / questions ; crochets et barres : intervalles de Wilson à 95 %.',
    patchingNote: 'Réponses / paires ; crochets : intervalles de Wilson à 95 %.',
    mechanismTitle: 'Réponses après le remplacement d’une couche',
    modalities: { text: 'texte', image: 'images' },
    layerAxis: 'flux résiduel avant la couche',
    atLayer: (layer) => `couche ${layer}`,
    partOfTotal: (part, total) => `${part} sur ${total}`,
    layerColumn: 'couche',
    pairsAndObjects: (pairs, objects) => `${pairs} paires, ${objects} objets`,
    notShown: 'Affichage impossible',
    outcomes: {
      positional: 'selon la place',
      symbolic: 'selon la forme',
      reflexive: 'copiée',
      unchanged: 'inchangée',
      other: 'autre',
    },
  },
};

/** The technical term of an outcome, where its label is another word. */
export const outcomeTerm = (outcome: Outcome): string | undefined => OUTCOME_TERMS[outcome];

/** An outcome with its technical term, for tooltips and descriptions: `by place (positional)`. */
export function outcomeWithTerm(outcome: Outcome, locale: Locale): string {
  const name = FIGURE_LABELS[locale].outcomes[outcome];
  const term = OUTCOME_TERMS[outcome];
  return term === undefined ? name : `${name} (${term})`;
}

/** A share in a figure: `72.7 %`, `72,7 %`, `>99.9 %`; number and sign stay on one line. */
export const percentIn = (locale: Locale, share: number, digits = 1): string =>
  formatPercent(share, { locale, digits, sign: '\u00a0%', guarded: true });

/** `Accuracy on text, associations shuffled`. */
export function conditionTitle({ modality, order }: Condition, locale: Locale): string {
  const { title, shuffled } = FIGURE_LABELS[locale];
  return order === 'shuffled' ? `${title[modality]}, ${shuffled}` : title[modality];
}
