import type { Locale } from '../../contract/theme-locale.ts';
import type { Modality } from '../../task/spec.ts';

/** The texts of the scene embed. Colours, shapes and items are English words in every language. */
export interface SceneLabels {
  /** Before and after the colour. */
  readonly question: readonly [string, string];
  readonly correctIs: string;
  readonly moreThanTrained: (max: number) => string;
  readonly picture: (objects: number) => string;
  /** A picture by itself. */
  readonly pictureAlone: (objects: number, grid: number) => string;
  /** A zero-based cell of it. */
  readonly cell: (row: number, column: number) => string;
  readonly context: string;
  readonly associations: string;
  readonly model: string;
  readonly answer: string;
  readonly probability: string;
  readonly inputOfModel: Readonly<Record<Modality, string>>;
  readonly verdict: Readonly<Record<'correct' | 'wrong', string>>;
  /** For a model that could not answer. */
  readonly unavailable: string;
  readonly noModel: string;
  readonly objects: string;
  readonly nextScene: string;
}

export const SCENE_LABELS: Readonly<Record<Locale, SceneLabels>> = {
  en: {
    question: ['Which item goes with the ', ' shape?'],
    correctIs: 'Correct: ',
    moreThanTrained: (max) => `No model was trained on more than ${max} objects.`,
    picture: (objects) => `Picture of ${objects} coloured shapes; the text below names them`,
    pictureAlone: (objects, grid) =>
      `Picture of ${objects} ${objects === 1 ? 'object' : 'objects'} on a grid of ${grid} by ${grid} cells`,
    cell: (row, column) => `row ${row + 1}, column ${column + 1}`,
    context: 'The text first lists the shapes',
    associations: 'then the item of each shape',
    model: 'Model',
    answer: 'Answer',
    probability: 'Probability',
    inputOfModel: { text: 'reads the text', image: 'sees the picture' },
    verdict: { correct: 'correct', wrong: 'wrong' },
    unavailable: 'cannot answer right now',
    noModel: 'This deployment has no models.',
    objects: 'Objects',
    nextScene: 'Next scene',
  },
  de: {
    question: ['Welcher Gegenstand gehört zur Form mit der Farbe ', '?'],
    correctIs: 'Richtig: ',
    moreThanTrained: (max) => `Kein Modell wurde mit mehr als ${max} Objekten trainiert.`,
    picture: (objects) => `Bild von ${objects} farbigen Formen; der Text darunter nennt sie`,
    pictureAlone: (objects, grid) =>
      `Bild mit ${objects} ${objects === 1 ? 'Objekt' : 'Objekten'} auf einem Raster von ${grid} mal ${grid} Feldern`,
    cell: (row, column) => `Zeile ${row + 1}, Spalte ${column + 1}`,
    context: 'Der Text nennt zuerst die Formen',
    associations: 'dann den Gegenstand jeder Form',
    model: 'Modell',
    answer: 'Antwort',
    probability: 'Wahrscheinlichkeit',
    inputOfModel: { text: 'liest den Text', image: 'sieht das Bild' },
    verdict: { correct: 'richtig', wrong: 'falsch' },
    unavailable: 'kann gerade nicht antworten',
    noModel: 'Diese Installation hat keine Modelle.',
    objects: 'Objekte',
    nextScene: 'Nächste Szene',
  },
  fr: {
    question: ['Quel objet va avec la forme de couleur ', '\u00a0?'],
    correctIs: 'Réponse juste : ',
    moreThanTrained: (max) => `Aucun modèle n’a été entraîné avec plus de ${max} objets.`,
    picture: (objects) => `Image de ${objects} formes colorées ; le texte en dessous les nomme`,
    pictureAlone: (objects, grid) =>
      `Image de ${objects} ${objects === 1 ? 'objet' : 'objets'} sur une grille de ${grid} cases sur ${grid}`,
    cell: (row, column) => `ligne ${row + 1}, colonne ${column + 1}`,
    context: 'Le texte nomme d’abord les formes',
    associations: 'puis l’objet de chaque forme',
    model: 'Modèle',
    answer: 'Réponse',
    probability: 'Probabilité',
    inputOfModel: { text: 'lit le texte', image: 'voit l’image' },
    verdict: { correct: 'juste', wrong: 'faux' },
    unavailable: 'ne peut pas répondre pour l’instant',
    noModel: 'Ce déploiement n’a aucun modèle.',
    objects: 'Objets',
    nextScene: 'Scène suivante',
  },
};

/** The question about a colour, as a sentence. */
export const questionIn = (locale: Locale, colour: string): string =>
  SCENE_LABELS[locale].question.join(colour);
