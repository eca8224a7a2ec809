import { raw } from 'hono/html';
import type { EmbedScene } from '../../contract/embeds.ts';
import type { Locale } from '../../contract/theme-locale.ts';
import type { ShownAnswer } from '../../contract/pages.ts';
import { NARROW_BELOW } from '../../plots/html-figure.ts';
import { percentIn } from '../../plots/labels.ts';
import type { DisplayedAnswer } from '../../site/embed/scene-props.ts';
import { questionIn, SCENE_LABELS } from '../../site/embed/scene-labels.ts';
import { selectModels, sceneQueryId, sceneRequests } from '../../site/explorer/plan.ts';
import { renderScene } from '../../site/server.js';
import { generateQuery, objectNames, type Query } from '../../task/query.ts';
import { displayIndices } from '../../services/accuracy.ts';
import { planScenePrediction, type PlannedScenePrediction } from '../pages/predict-scene.ts';
import { siteModel } from '../pages/site-page.ts';
import type { Models } from '../../services/models.ts';
import type { EmbedContent, EmbedOutline } from './document.ts';

/** A scene that can be shown: the models that shall answer are known and can read it. */
export interface PlannedScene {
  readonly request: EmbedScene;
  readonly query: Query;
  readonly grid: number;
  readonly round: PlannedScenePrediction;
  /** Answers are told with the place of their model among those of the deployment. */
  placed(answers: readonly ShownAnswer[]): DisplayedAnswer[];
}

/** @throws ServiceError where a model is unknown, or cannot read the query */
export async function planScene(models: Models, request: EmbedScene): Promise<PlannedScene> {
  const all = await models.list();
  const references =
    request.models ??
    selectModels(
      all.map((card) => siteModel(card, card.id)),
      undefined,
    ).map(({ id }) => id);
  const cards = await Promise.all(references.map((reference) => models.card(reference)));
  // By what they were called, so that it is these versions that are asked.
  const asked = cards.map((card, at) => siteModel(card, references[at]));
  const indices = displayIndices(cards, all);
  const id = sceneQueryId(asked, request);
  return {
    request,
    query: generateQuery(id),
    grid: id.spec.grid,
    round: await planScenePrediction(models, sceneRequests(asked, request)),
    placed: (answers) =>
      answers.map((answer) => ({
        ...answer,
        displayIndex: indices[references.indexOf(answer.model)],
      })),
  };
}

/** What is known of the page before anyone has answered. */
export function sceneOutline({ request, query, round }: PlannedScene): EmbedOutline {
  const { objects } = query.scene;
  const rows = round.requests.reduce((sum, { models }) => sum + models.length, 0);
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

// Pixels, as in site/embed/scene.css: the sides of the picture, an answer, a pair of words.
const PICTURE = 256;
const ROW = 55;
/** Some words take a line more, most where there is little room. */
const PAIR = { width: 152, wide: 54, narrow: 66 } as const;

/** A scene as picture and as text, a question about it, and what models answer. */
export function sceneEmbed(plan: PlannedScene, answers: readonly ShownAnswer[]): EmbedContent {
  const { request, query, grid } = plan;
  return {
    ...sceneOutline(plan),
    description: describeAnswers(query, answers, request.locale),
    body: raw(renderScene({ request, query, grid, answers: plan.placed(answers) })),
  };
}

/** `Right is candle. text-only (reads the text): anchor, wrong, 71.0 %.` */
export function describeAnswers(
  query: Query,
  answers: readonly ShownAnswer[],
  locale: Locale,
): string {
  const { correctIs, inputOfModel, verdict, unavailable } = SCENE_LABELS[locale];
  const said = answers.map(({ model, modality, answer }) => {
    const what = answer
      ? `${answer.answer.name}, ${verdict[answer.correct ? 'correct' : 'wrong']}, ` +
        percentIn(locale, answer.answer.probability)
      : unavailable;
    return ` ${model} (${inputOfModel[modality]}): ${what}.`;
  });
  return `${correctIs}${askedOf(query).item}.${said.join('')}`;
}

const askedOf = ({ scene, object }: Query) => objectNames(scene.objects[object]);
