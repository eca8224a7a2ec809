import type { Locale } from '../../contract/theme-locale.ts';
import type { Modality } from '../../task/spec.ts';

/** What the page of a scene says. Colours, shapes and items are words of the task in every language. */
export interface SceneLabels {
  /** Before and after the colour. */
  readonly question: readonly [string, string];
  readonly correctIs: string;
  readonly moreThanTrained: (most: number) => string;
  readonly picture: (objects: number) => string;
  readonly context: string;
  readonly associations: string;
  readonly model: string;
  readonly answer: string;
  readonly probability: string;
  readonly inputOfModel: Readonly<Record<Modality, string>>;
  readonly verdict: Readonly<Record<'right' | 'wrong', string>>;
  /** Of a model that could not be asked. */
  readonly unavailable: string;
  readonly noModel: string;
  readonly objects: string;
  readonly nextScene: string;
}

export const SCENE_LABELS: Readonly<Record<Locale, SceneLabels>> = {
  en: {
    question: ['Which item goes with the shape that is ', '?'],
    correctIs: 'Right is ',
    moreThanTrained: (most) => `No model was trained on more than ${most} objects.`,
    picture: (objects) => `Picture of ${objects} coloured shapes; the text below names them`,
    context: 'First the text says what there is',
    associations: 'then which item goes with which shape',
    model: 'Model',
    answer: 'Answer',
    probability: 'Probability',
    inputOfModel: { text: 'reads the text', image: 'sees the picture' },
    verdict: { right: 'right', wrong: 'wrong' },
    unavailable: 'cannot be asked just now',
    noModel: 'This deployment was made without any model, so there is nobody to ask.',
    objects: 'Objects',
    nextScene: 'Another one',
  },
  de: {
    question: ['Welcher Gegenstand gehört zur Form mit der Farbe ', '?'],
    correctIs: 'Richtig ist ',
    moreThanTrained: (most) => `Kein Modell wurde mit mehr als ${most} Objekten trainiert.`,
    picture: (objects) => `Bild von ${objects} farbigen Formen; der Text darunter nennt sie`,
    context: 'Erst sagt der Text, was es gibt',
    associations: 'dann, welcher Gegenstand zu welcher Form gehört',
    model: 'Modell',
    answer: 'Antwort',
    probability: 'Wahrscheinlichkeit',
    inputOfModel: { text: 'liest den Text', image: 'sieht das Bild' },
    verdict: { right: 'richtig', wrong: 'falsch' },
    unavailable: 'kann gerade nicht gefragt werden',
    noModel: 'Hier gibt es kein Modell, also niemanden, der gefragt werden kann.',
    objects: 'Objekte',
    nextScene: 'Noch eine',
  },
  fr: {
    question: ['Quel objet va avec la forme de couleur ', '\u00a0?'],
    correctIs: 'La bonne réponse est ',
    moreThanTrained: (most) => `Aucun modèle n’a été entraîné avec plus de ${most} objets.`,
    picture: (objects) => `Image de ${objects} formes colorées ; le texte en dessous les nomme`,
    context: 'Le texte dit d’abord ce qu’il y a',
    associations: 'puis quel objet va avec quelle forme',
    model: 'Modèle',
    answer: 'Réponse',
    probability: 'Probabilité',
    inputOfModel: { text: 'lit le texte', image: 'voit l’image' },
    verdict: { right: 'juste', wrong: 'faux' },
    unavailable: 'ne peut pas répondre pour l’instant',
    noModel: 'Il n’y a aucun modèle ici, donc personne à interroger.',
    objects: 'Objets',
    nextScene: 'Une autre',
  },
};

/** The question about a colour, as a sentence. */
export const questionIn = (locale: Locale, colour: string): string =>
  SCENE_LABELS[locale].question.join(colour);
