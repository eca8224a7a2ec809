import type { z } from 'zod';
import type { EmbedKind, previewSchemas } from '../../contract/embeds.ts';
import type { ShownAnswer } from '../../contract/pages.ts';
import { previewAccuracy, previewMechanism, previewScene } from '../../plots/preview.ts';
import { FIGURE_LABELS, conditionTitle } from '../../plots/labels.ts';
import { questionIn, SCENE_LABELS } from '../../site/embed/scene-labels.ts';
import { elementAt } from '../../task/element-at.ts';
import { objectNames } from '../../task/query.ts';
import { measuredAccuracy } from '../../services/accuracy.ts';
import type { ScenePlan } from './scene-embed.ts';
import { measuredMechanism } from '../../services/mechanism.ts';
import type { Models } from '../../services/models.ts';

type Request<K extends EmbedKind> = z.output<(typeof previewSchemas)[K]>;

/**
 * The pictures for links, as SVG.
 *
 * @param host of the deployment
 * @throws ServiceError where a model is unknown, or was not measured under the condition
 */
export async function drawComparison(
  models: Models,
  request: Request<'comparison'>,
  host: string,
): Promise<string> {
  const title = conditionTitle(request, request.locale);
  return previewAccuracy({ ...request, title, host }, await measuredAccuracy(models, request));
}

export async function drawMechanism(
  models: Models,
  request: Request<'mechanism'>,
  host: string,
): Promise<string> {
  const title = FIGURE_LABELS[request.locale].mechanismTitle;
  return previewMechanism({ ...request, title, host }, await measuredMechanism(models, request));
}

export function drawScene(
  plan: ScenePlan,
  { theme, locale }: Request<'scene'>,
  answers: readonly ShownAnswer[],
  host: string,
): string {
  const { query, grid } = plan;
  const { inputOfModel, correctIs, unavailable } = SCENE_LABELS[locale];
  const { colour, item } = objectNames(elementAt(query.scene.objects, query.object));
  return previewScene(
    { title: questionIn(locale, colour), host, theme, locale },
    {
      objects: query.scene.objects,
      asked: query.object,
      grid,
      correctAnswer: `${correctIs}${item}.`,
      unavailable,
      answers: plan
        .withDisplayIndices(answers)
        .map(({ modality, ...one }) => ({ ...one, input: inputOfModel[modality] })),
    },
  );
}
