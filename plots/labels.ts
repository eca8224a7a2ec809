import type { Locale } from '../contract/theme-locale.ts';
import type { AssociationOrder, Modality } from '../task/spec.ts';

/** What figures say, and how they write numbers, language by language. */

export interface FigureWords {
  readonly title: Readonly<Record<Modality, string>>;
  readonly shuffled: string;
  readonly objects: string;
  readonly asTrained: string;
  readonly beyond: string;
  readonly model: string;
  readonly upTo: (objects: number) => string;
  readonly moreThan: (objects: number) => string;
  /** Of one number of objects, in a tooltip. */
  readonly at: (objects: number) => string;
  readonly rightOf: (right: string, count: string) => string;
  readonly intervals: string;
  readonly patchIntervals: string;
  readonly mechanism: string;
  readonly contexts: Readonly<Record<Modality, string>>;
  readonly layer: string;
  /** In a tooltip. */
  readonly atLayer: (layer: number) => string;
  readonly of: (part: number | string, whole: number | string) => string;
  /** Of a layer, in a table. */
  readonly peak: string;
  readonly solved: (solved: number, objects: number) => string;
  readonly outcomes: Readonly<
    Record<'positional' | 'symbolic' | 'reflexive' | 'unchanged' | 'other', string>
  >;
}

export const FIGURE_WORDS: Readonly<Record<Locale, FigureWords>> = {
  en: {
    title: { text: 'Accuracy on text', image: 'Accuracy on pictures' },
    shuffled: 'associations shuffled',
    objects: 'objects in the scene',
    asTrained: 'as in training',
    beyond: 'beyond training',
    model: 'Model',
    upTo: (objects) => `2 to ${objects} objects`,
    moreThan: (objects) => `more than ${objects}`,
    at: (objects) => `${objects} objects`,
    rightOf: (right, count) => `${right} of ${count} right`,
    intervals: 'Right / asked; brackets and bars are 95 % Wilson intervals.',
    patchIntervals: 'Answers moved / pairs; brackets are 95 % Wilson intervals.',
    mechanism: 'Where the answer goes when a layer is patched',
    contexts: { text: 'text', image: 'pictures' },
    layer: 'residual stream before layer',
    atLayer: (layer) => `layer ${layer}`,
    of: (part, whole) => `${part} of ${whole}`,
    peak: 'layer',
    solved: (solved, objects) => `${solved} pairs, ${objects} objects`,
    outcomes: {
      positional: 'same position',
      symbolic: 'same shape',
      reflexive: 'copied answer',
      unchanged: 'unmoved',
      other: 'another item',
    },
  },
  de: {
    title: { text: 'Genauigkeit auf Text', image: 'Genauigkeit auf Bildern' },
    shuffled: 'Zuordnungen gemischt',
    objects: 'Objekte in der Szene',
    asTrained: 'wie im Training',
    beyond: 'darüber hinaus',
    model: 'Modell',
    upTo: (objects) => `2 bis ${objects} Objekte`,
    moreThan: (objects) => `mehr als ${objects}`,
    at: (objects) => `${objects} Objekte`,
    rightOf: (right, count) => `${right} von ${count} richtig`,
    intervals: 'Richtig / gefragt; Klammern und Balken sind 95-%-Intervalle nach Wilson.',
    patchIntervals: 'Bewegte Antworten / Paare; Klammern sind 95-%-Intervalle nach Wilson.',
    mechanism: 'Wohin die Antwort geht, wenn eine Schicht ersetzt wird',
    contexts: { text: 'Text', image: 'Bilder' },
    layer: 'Residualstrom vor Schicht',
    atLayer: (layer) => `Schicht ${layer}`,
    of: (part, whole) => `${part} von ${whole}`,
    peak: 'Schicht',
    solved: (solved, objects) => `${solved} Paare, ${objects} Objekte`,
    outcomes: {
      positional: 'gleicher Platz',
      symbolic: 'gleiche Form',
      reflexive: 'kopierte Antwort',
      unchanged: 'unverändert',
      other: 'anderer Gegenstand',
    },
  },
  fr: {
    title: { text: 'Exactitude sur le texte', image: 'Exactitude sur les images' },
    shuffled: 'associations mélangées',
    objects: 'objets dans la scène',
    asTrained: 'comme à l’entraînement',
    beyond: 'au-delà',
    model: 'Modèle',
    upTo: (objects) => `2 à ${objects} objets`,
    moreThan: (objects) => `plus de ${objects}`,
    at: (objects) => `${objects} objets`,
    rightOf: (right, count) => `${right} justes sur ${count}`,
    intervals: 'Justes / posées ; crochets et barres : intervalles de Wilson à 95 %.',
    patchIntervals: 'Réponses déplacées / paires ; crochets : intervalles de Wilson à 95 %.',
    mechanism: 'Où va la réponse quand une couche est remplacée',
    contexts: { text: 'texte', image: 'images' },
    layer: 'flux résiduel avant la couche',
    atLayer: (layer) => `couche ${layer}`,
    of: (part, whole) => `${part} sur ${whole}`,
    peak: 'couche',
    solved: (solved, objects) => `${solved} paires, ${objects} objets`,
    outcomes: {
      positional: 'même place',
      symbolic: 'même forme',
      reflexive: 'réponse copiée',
      unchanged: 'inchangée',
      other: 'autre objet',
    },
  },
};

/** A share as people of this language write it: `72.7 %`, `72,7 %`. */
export function percentIn(locale: Locale, share: number, digits = 1): string {
  const format = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return `${new Intl.NumberFormat(locale, format).format(100 * share)}\u00a0%`;
}

/** The same of what is all or nothing only where it is exactly that: `>99.9 %`. */
export function probabilityIn(locale: Locale, share: number, digits = 1): string {
  const most = 1 - 10 ** -(digits + 2);
  const almost = share < 1 && Number((100 * share).toFixed(digits)) === 100;
  return almost ? `>${percentIn(locale, most, digits)}` : percentIn(locale, share, digits);
}

export const countIn = (locale: Locale, count: number): string =>
  new Intl.NumberFormat(locale).format(count);

/** `[72.2, 73.2]`, in percent. */
export function intervalIn(locale: Locale, [low, high]: readonly [number, number]): string {
  const format = new Intl.NumberFormat(locale, {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
  // A comma within the numbers would hide the one between them.
  const between = locale === 'en' ? ', ' : '; ';
  return `[${format.format(100 * low)}${between}${format.format(100 * high)}]`;
}

/** What models were measured on. */
export interface Titled {
  readonly modality: Modality;
  readonly order: AssociationOrder;
}

/** `Accuracy on text, associations shuffled`. */
export function titleOf({ modality, order }: Titled, locale: Locale): string {
  const { title, shuffled } = FIGURE_WORDS[locale];
  return order === 'shuffled' ? `${title[modality]}, ${shuffled}` : title[modality];
}
