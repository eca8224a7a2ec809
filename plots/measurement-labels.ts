import type { ProbeSection } from '../contract/probes.ts';
import type { Locale } from '../contract/theme-locale.ts';
import { describeCondition, RANGE_NAMES, type Condition } from '../task/conditions.ts';
import type { Modality } from '../task/spec.ts';

/** The texts of figures about one model: training, probes and trends, by language. */

type Range = keyof typeof RANGE_NAMES;

export interface MeasurementLabels {
  readonly contexts: Readonly<Record<Modality, string>>;
  readonly condition: (condition: Condition) => string;
  readonly ranges: Readonly<Record<Range, string>>;
  readonly sections: Readonly<Record<ProbeSection, string>>;
  readonly objects: (objects: number) => string;
  readonly objectsAndPairs: (objects: number, pairs: number) => string;
  readonly stream: string;
  readonly layersCut: string;
  readonly totalEffect: string;
  /** The part of a mixture that all items of a scene share. */
  readonly anyItem: string;
  /** Title of an axis of numbers of objects. */
  readonly objectsAxis: string;
  readonly layer: string;
  readonly head: (head: number) => string;
  readonly edge: (from: string, to: string) => string;
  readonly featureAt: (feature: string, token: string) => string;
  readonly percentWhenPatched: (outcome: string) => string;
  readonly percentLost: (ablation: 'zero' | 'mean', range: Range) => string;
  /** The cell of a heat map with the largest value. */
  readonly largest: (value: string, row: string, column: string) => string;
  readonly training: (model: string) => string;
  readonly accuracyPanel: string;
  readonly mechanismPanel: (context: string, pairs: number) => string;
  readonly notProbed: string;
  readonly noCausalLayer: string;
  readonly steps: string;
  readonly step: (step: number) => string;
  readonly afterSteps: (steps: number) => string;
  readonly stage: (name: string, from: number, to: number) => string;
  readonly solvedPairs: (count: number, solved: number) => string;
  readonly trend: {
    readonly atObjects: (objects: number) => string;
    readonly upTo: (objects: number) => string;
    readonly beyond: (objects: number) => string;
    readonly symbolic: string;
    readonly runs: (runs: number) => string;
    readonly run: string;
    readonly none: string;
    readonly file: string;
  };
}

export const MEASUREMENT_LABELS: Readonly<Record<Locale, MeasurementLabels>> = {
  en: {
    contexts: { text: 'text', image: 'pictures' },
    condition: describeCondition,
    ranges: RANGE_NAMES,
    sections: {
      interchange: 'which answer a patched layer gives',
      tokens: '% of answers changed by patching one token',
      items: '% of answers that follow what the items hold',
      knockout: '% of accuracy lost without attention between two groups of tokens',
      linear: '% of features that a linear probe decodes',
      heads: 'patching and ablation of single heads',
      attribution: '% of the effect of cutting attention to single tokens',
      mixture: '% of the probability that each mechanism gives after a patch',
    },
    objects: (objects) => `${objects} objects`,
    objectsAndPairs: (objects, pairs) => `${objects} objects, ${pairs} pairs`,
    stream: 'residual stream before layer',
    layersCut: 'layers cut',
    totalEffect: '% of the total effect',
    anyItem: 'any item',
    objectsAxis: 'objects',
    layer: 'layer',
    head: (head) => `head ${head}`,
    edge: (from, to) => `${from} to ${to}`,
    featureAt: (feature, token) => `${feature} at ${token}`,
    percentWhenPatched: (outcome) => `% ${outcome} when patched`,
    percentLost: (ablation, range) =>
      `% of accuracy lost by ${ablation} ablation, ${RANGE_NAMES[range]}`,
    largest: (value, row, column) => `largest value ${value} (${row}, ${column})`,
    training: (model) => `${model}: training`,
    accuracyPanel: 'Accuracy on validation scenes, with 95 % intervals',
    mechanismPanel: (context, pairs) =>
      `Mechanism on ${context} at the first causal layer, % of ${pairs} pairs; blank: not solved`,
    notProbed: 'The mechanism was not probed during training (--probe-every).',
    noCausalLayer: 'other, or no causal layer',
    steps: 'steps',
    step: (step) => `step ${step}`,
    afterSteps: (steps) => `after ${steps} steps`,
    stage: (name, from, to) => `${name}: steps ${from} to ${to}`,
    solvedPairs: (count, solved) => `${count} of ${solved} solved pairs`,
    trend: {
      atObjects: (objects) => `accuracy at ${objects} objects`,
      upTo: (objects) => `accuracy up to ${objects} objects`,
      beyond: (objects) => `accuracy beyond ${objects} objects`,
      symbolic: 'share of answers by shape (symbolic)',
      runs: (runs) => `${runs} runs; a vertical line marks a new model file`,
      run: 'run',
      none: 'No run has measured this metric yet.',
      file: 'file',
    },
  },
  de: {
    contexts: { text: 'Text', image: 'Bilder' },
    condition: ({ modality, order }) =>
      `${modality === 'text' ? 'Text' : 'Bilder'}, Zuordnungen ` +
      (order === 'context' ? 'in der Reihenfolge des Kontexts' : 'gemischt'),
    ranges: { id: 'wie im Training', ood: 'mehr als im Training' },
    sections: {
      interchange: 'Antworten nach dem Ersetzen einer Schicht',
      tokens: '% der Antworten, die sich ändern, wenn ein Token ersetzt wird',
      items: '% der Antworten, die dem folgen, was bei den Gegenständen gespeichert ist',
      knockout:
        '% der Genauigkeit, die ohne Attention zwischen zwei Gruppen von Tokens verloren gehen',
      linear: '% der Merkmale, die eine lineare Sonde ausliest',
      heads: 'einzelne Attention-Heads, ersetzt und entfernt',
      attribution: '% der Wirkung, wenn die Attention zu einzelnen Tokens unterbrochen wird',
      mixture: '% der Wahrscheinlichkeit, die jeder Mechanismus nach dem Ersetzen gibt',
    },
    objects: (objects) => `${objects} Objekte`,
    objectsAndPairs: (objects, pairs) => `${objects} Objekte, ${pairs} Paare`,
    stream: 'Residualstrom vor Schicht',
    layersCut: 'unterbrochene Schichten',
    totalEffect: '% der Gesamtwirkung',
    anyItem: 'irgendein Gegenstand',
    objectsAxis: 'Objekte',
    layer: 'Schicht',
    head: (head) => `Head ${head}`,
    edge: (from, to) => `${from} zu ${to}`,
    featureAt: (feature, token) => `${feature} bei ${token}`,
    percentWhenPatched: (outcome) => `% ${outcome}, Head ersetzt`,
    percentLost: (ablation, range) =>
      `% der Genauigkeit, die ohne den Head verloren gehen (${ablation}), ` +
      (range === 'id' ? 'wie im Training' : 'mehr als im Training'),
    largest: (value, row, column) => `größter Wert ${value} (${row}, ${column})`,
    training: (model) => `${model}: Training`,
    accuracyPanel: 'Genauigkeit auf Validierungsszenen, mit 95-%-Intervallen',
    mechanismPanel: (context, pairs) =>
      `Mechanismus (${context}) in der ersten kausalen Schicht, % von ${pairs} Paaren; leer: nicht gelöst`,
    notProbed: 'Der Mechanismus wurde während des Trainings nicht gemessen (--probe-every).',
    noCausalLayer: 'andere oder keine kausale Schicht',
    steps: 'Schritte',
    step: (step) => `Schritt ${step}`,
    afterSteps: (steps) => `nach ${steps} Schritten`,
    stage: (name, from, to) => `${name}: Schritte ${from} bis ${to}`,
    solvedPairs: (count, solved) => `${count} von ${solved} gelösten Paaren`,
    trend: {
      atObjects: (objects) => `Genauigkeit bei ${objects} Objekten`,
      upTo: (objects) => `Genauigkeit bis ${objects} Objekte`,
      beyond: (objects) => `Genauigkeit bei mehr als ${objects} Objekten`,
      symbolic: 'Anteil der Antworten nach Form (symbolic)',
      runs: (runs) => `${runs} Läufe; eine senkrechte Linie markiert eine neue Modelldatei`,
      run: 'Lauf',
      none: 'Noch kein Lauf hat diesen Wert gemessen.',
      file: 'Datei',
    },
  },
  fr: {
    contexts: { text: 'texte', image: 'images' },
    condition: ({ modality, order }) =>
      `${modality === 'text' ? 'texte' : 'images'}, associations ` +
      (order === 'context' ? 'dans l’ordre du contexte' : 'mélangées'),
    ranges: { id: 'comme à l’entraînement', ood: 'plus qu’à l’entraînement' },
    sections: {
      interchange: 'réponses après le remplacement d’une couche',
      tokens: '% de réponses changées quand un token est remplacé',
      items: '% de réponses qui suivent ce qui est stocké aux objets',
      knockout: '% d’exactitude perdue sans attention entre deux groupes de tokens',
      linear: '% des caractéristiques qu’une sonde linéaire décode',
      heads: 'têtes une à une, remplacées et supprimées',
      attribution: '% de l’effet quand l’attention à un token est coupée',
      mixture: '% de la probabilité que donne chaque mécanisme après remplacement',
    },
    objects: (objects) => `${objects} objets`,
    objectsAndPairs: (objects, pairs) => `${objects} objets, ${pairs} paires`,
    stream: 'flux résiduel avant la couche',
    layersCut: 'couches coupées',
    totalEffect: '% de l’effet total',
    anyItem: 'n’importe quel objet',
    objectsAxis: 'objets',
    layer: 'couche',
    head: (head) => `tête ${head}`,
    edge: (from, to) => `${from} vers ${to}`,
    featureAt: (feature, token) => `${feature} à ${token}`,
    percentWhenPatched: (outcome) => `% ${outcome}, tête remplacée`,
    percentLost: (ablation, range) =>
      `% d’exactitude perdue sans la tête (${ablation}), ` +
      (range === 'id' ? 'comme à l’entraînement' : 'plus qu’à l’entraînement'),
    largest: (value, row, column) => `plus grande valeur ${value} (${row}, ${column})`,
    training: (model) => `${model} : entraînement`,
    accuracyPanel: 'Exactitude sur les scènes de validation, avec intervalles à 95 %',
    mechanismPanel: (context, pairs) =>
      `Mécanisme (${context}) à la première couche causale, % de ${pairs} paires ; vide : non résolu`,
    notProbed: 'Le mécanisme n’a pas été mesuré pendant l’entraînement (--probe-every).',
    noCausalLayer: 'autre, ou aucune couche causale',
    steps: 'pas',
    step: (step) => `pas ${step}`,
    afterSteps: (steps) => `après ${steps} pas`,
    stage: (name, from, to) => `${name} : pas ${from} à ${to}`,
    solvedPairs: (count, solved) => `${count} sur ${solved} paires résolues`,
    trend: {
      atObjects: (objects) => `exactitude à ${objects} objets`,
      upTo: (objects) => `exactitude jusqu’à ${objects} objets`,
      beyond: (objects) => `exactitude au-delà de ${objects} objets`,
      symbolic: 'part des réponses selon la forme (symbolic)',
      runs: (runs) => `${runs} exécutions ; un trait vertical marque un nouveau fichier de modèle`,
      run: 'exécution',
      none: 'Aucune exécution n’a encore mesuré cette valeur.',
      file: 'fichier',
    },
  },
};
