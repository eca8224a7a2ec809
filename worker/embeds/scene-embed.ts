import { raw } from 'hono/html';
import type { EmbedScene } from '../../contract/embeds.ts';
import type { Locale } from '../../contract/theme-locale.ts';
import type { ShownAnswer, SiteModel } from '../../contract/pages.ts';
import { readSceneText } from '../../contract/scene-text.ts';
import { NARROW_BELOW } from '../../plots/html-figure.ts';
import { percentIn } from '../../plots/labels.ts';
import type { DisplayedAnswer } from '../../site/embed/scene-props.ts';
import { questionIn, SCENE_LABELS } from '../../site/embed/scene-labels.ts';
import {
  selectModels as selectSiteModels,
  sceneQueryId,
  sceneRequests,
} from '../../site/explorer/plan.ts';
import { renderScene } from '../../site/server.js';
import { editedQuery, editedSceneRequests } from '../../site/scene-editor/inline-query.ts';
import { DEFAULT_GRID } from '../../task/spec.ts';
import { generateQuery, objectNames, type Query } from '../../task/query.ts';
import { displayIndices } from '../../services/accuracy.ts';
import { planScenePrediction, type ScenePredictionPlan } from '../evaluation/predict-scene.ts';
import { siteModel } from '../pages/site-models.ts';
import type { Models } from '../../services/models.ts';
import { selectModels } from '../../services/selected-models.ts';
import { invalidPart } from '../../services/service-error.ts';
import { elementAt } from '../../task/element-at.ts';
import type { EmbedContent, EmbedOutline } from './embed-document.ts';

/** A valid scene embed: the models exist and can read the query. */
export interface ScenePlan {
  readonly request: EmbedScene;
  readonly query: Query;
  readonly grid: number;
  readonly prediction: ScenePredictionPlan;
  /** Adds to each answer the display index of its model. */
  withDisplayIndices(answers: readonly ShownAnswer[]): DisplayedAnswer[];
}

/** @throws ServiceError where a model is unknown, or cannot read the query */
export async function planScene(models: Models, request: EmbedScene): Promise<ScenePlan> {
  const all = await models.list();
  const references =
    request.models ??
    selectSiteModels(
      all.map((card) => siteModel(card, card.id)),
      undefined,
    ).map(({ id }) => id);
  const selected = await selectModels(models, references);
  // Under the names of the request, so that these versions answer.
  const asked = selected.map(({ card, reference }) => siteModel(card, reference));
  const indices = displayIndices(
    selected.map(({ card }) => card),
    all,
  );
  const { query, grid, requests } = sceneOfRequest(asked, request);
  return {
    request,
    query,
    grid,
    prediction: await planScenePrediction(models, requests),
    withDisplayIndices: (answers) =>
      answers.map((answer) => ({
        ...answer,
        displayIndex: elementAt(indices, references.indexOf(answer.model)),
      })),
  };
}

/** The scene that was built by hand, or the generated one. */
function sceneOfRequest(models: readonly SiteModel[], request: EmbedScene) {
  const { scene: text, order, questionIndex } = request;
  if (text === undefined) {
    if (order === 'reversed') {
      throw invalidPart('query.order', 'order must be context or shuffled, or scene must be given');
    }
    const settings = { ...request, order };
    const id = sceneQueryId(models, settings);
    const requests = sceneRequests(models, settings);
    return { query: generateQuery(id), grid: id.spec.grid, requests };
  }
  if (order === 'shuffled') {
    throw invalidPart('query.order', 'order must be context or reversed where scene is given');
  }
  const objects = readSceneText(text);
  const asked = Math.min(questionIndex, objects.length - 1);
  const edited = { objects, asked, order, grid: DEFAULT_GRID };
  return {
    query: editedQuery(edited),
    grid: DEFAULT_GRID,
    requests: editedSceneRequests(models, edited),
  };
}

/** Title and height of the embed, without running a model. */
export function sceneOutline({ request, query, prediction }: ScenePlan): EmbedOutline {
  const { objects } = query.scene;
  const rows = prediction.requests.reduce((sum, { models }) => sum + models.length, 0);
  return {
    title: questionIn(request.locale, askedOf(query).colour),
    heightAt: (width) => {
      const isNarrow = width < NARROW_BELOW;
      const answers = 52 + rows * ROW;
      const picture = Math.min(width, PICTURE);
      const perRow = Math.max(1, Math.floor(width / PAIR.width));
      const list = 52 + Math.ceil(objects.length / perRow) * PAIR[isNarrow ? 'narrow' : 'wide'];
      return (isNarrow ? picture + 20 + answers : Math.max(picture, answers)) + 2 * list;
    },
  };
}

// Pixels, as in site/embed/scene.css: the side of the picture, the height of an answer, a pair of words.
const PICTURE = 256;
const ROW = 55;
/** The height of a pair is for words that need two lines. */
const PAIR = { width: 152, wide: 54, narrow: 66 } as const;

/** The embed `scene`: a scene as picture and as text, a question about it, and the answers. */
export function sceneEmbed(plan: ScenePlan, answers: readonly ShownAnswer[]): EmbedContent {
  const { request, query, grid } = plan;
  return {
    ...sceneOutline(plan),
    description: describeAnswers(query, answers, request.locale),
    body: raw(renderScene({ request, query, grid, answers: plan.withDisplayIndices(answers) })),
  };
}

/** `Right is candle. text-only (reads the text): anchor, wrong, 71.0 %.` */
export function describeAnswers(
  query: Query,
  answers: readonly ShownAnswer[],
  locale: Locale,
): string {
  const { correctIs, inputOfModel, verdict, unavailable } = SCENE_LABELS[locale];
  const sentences = answers.map(({ model, modality, answer }) => {
    const what = answer
      ? `${answer.answer.name}, ${verdict[answer.correct ? 'correct' : 'wrong']}, ` +
        percentIn(locale, answer.answer.probability)
      : unavailable;
    return ` ${model} (${inputOfModel[modality]}): ${what}.`;
  });
  return `${correctIs}${askedOf(query).item}.${sentences.join('')}`;
}

const askedOf = ({ scene, object }: Query) => objectNames(elementAt(scene.objects, object));
