import type { Locale } from '../../contract/theme-locale.ts';
import type { Modality } from '../../task/spec.ts';

/** What the page of a scene says. Colours, shapes and items are words of the task in every language. */
export interface SceneWords {
  /** Before and after the colour. */
  readonly question: readonly [string, string];
  readonly rightIs: string;
  readonly beyond: (most: number) => string;
  readonly picture: (objects: number) => string;
  readonly context: string;
  readonly associations: string;
  readonly model: string;
  readonly answers: string;
  readonly probability: string;
  readonly shown: Readonly<Record<Modality, string>>;
  readonly verdict: Readonly<Record<'right' | 'wrong', string>>;
  /** Of a model that could not be asked. */
  readonly unavailable: string;
  readonly nobody: string;
  readonly objects: string;
  readonly another: string;
}

export const SCENE_WORDS: Readonly<Record<Locale, SceneWords>> = {
  en: {
    question: ['Which item goes with the shape that is ', '?'],
    rightIs: 'Right is ',
    beyond: (most) => `No model was trained on more than ${most} objects.`,
    picture: (objects) => `Picture of ${objects} coloured shapes; the text below names them`,
    context: 'First the text says what there is',
    associations: 'then which item goes with which shape',
    model: 'Model',
    answers: 'Answer',
    probability: 'Probability',
    shown: { text: 'reads the text', image: 'sees the picture' },
    verdict: { right: 'right', wrong: 'wrong' },
    unavailable: 'cannot be asked just now',
    nobody: 'This deployment was made without any model, so there is nobody to ask.',
    objects: 'Objects',
    another: 'Another one',
  },
  de: {
    question: ['Welcher Gegenstand gehört zur Form mit der Farbe ', '?'],
    rightIs: 'Richtig ist ',
    beyond: (most) => `Kein Modell wurde mit mehr als ${most} Objekten trainiert.`,
    picture: (objects) => `Bild von ${objects} farbigen Formen; der Text darunter nennt sie`,
    context: 'Erst sagt der Text, was es gibt',
    associations: 'dann, welcher Gegenstand zu welcher Form gehört',
    model: 'Modell',
    answers: 'Antwort',
    probability: 'Wahrscheinlichkeit',
    shown: { text: 'liest den Text', image: 'sieht das Bild' },
    verdict: { right: 'richtig', wrong: 'falsch' },
    unavailable: 'kann gerade nicht gefragt werden',
    nobody: 'Hier gibt es kein Modell, also niemanden, der gefragt werden kann.',
    objects: 'Objekte',
    another: 'Noch eine',
  },
  fr: {
    question: ['Quel objet va avec la forme de couleur ', '\u00a0?'],
    rightIs: 'La bonne réponse est ',
    beyond: (most) => `Aucun modèle n’a été entraîné avec plus de ${most} objets.`,
    picture: (objects) => `Image de ${objects} formes colorées ; le texte en dessous les nomme`,
    context: 'Le texte dit d’abord ce qu’il y a',
    associations: 'puis quel objet va avec quelle forme',
    model: 'Modèle',
    answers: 'Réponse',
    probability: 'Probabilité',
    shown: { text: 'lit le texte', image: 'voit l’image' },
    verdict: { right: 'juste', wrong: 'faux' },
    unavailable: 'ne peut pas répondre pour l’instant',
    nobody: 'Il n’y a aucun modèle ici, donc personne à interroger.',
    objects: 'Objets',
    another: 'Une autre',
  },
};

/** The question about a colour, as a sentence. */
export const questionIn = (locale: Locale, colour: string): string =>
  SCENE_WORDS[locale].question.join(colour);
