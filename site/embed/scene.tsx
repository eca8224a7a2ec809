import { embedSceneSchema, type EmbedScene } from '../../contract/embeds.ts';
import type { Locale } from '../../contract/theme-locale.ts';
import { percentIn } from '../../plots/labels.ts';
import { COLOURS } from '../../task/colours.ts';
import { elementAt } from '../../task/element-at.ts';
import { objectNames, type Query } from '../../task/query.ts';
import { LIMITS } from '../../task/spec.ts';
import { addressOf } from '../lib/address.ts';
import { ShapeIcon, ModelMarker, Verdict } from '../components/marks.tsx';
import { Picture } from '../components/picture.tsx';
import type { DisplayedAnswer, SceneProps } from './scene-props.ts';
import { SCENE_LABELS } from './scene-labels.ts';

/** A scene as picture and as text, a question about it, and the models' answers; works without a script. */
export function SceneEmbed({ request, query, grid, answers }: SceneProps) {
  const { locale } = request;
  const labels = SCENE_LABELS[locale];
  const { scene, object } = query;
  const { colour, item } = objectNames(elementAt(scene.objects, object));
  const [before, after] = labels.question;
  return (
    <>
      <SceneLinks request={request} objects={scene.objects.length} />
      <h1>
        {before}
        <em lang="en">{colour}</em>
        {after}
      </h1>
      <div class="scene">
        <Picture
          objects={scene.objects}
          grid={grid}
          asked={object}
          label={labels.picture(scene.objects.length)}
        />
        <div>
          <p class="hint">
            {labels.correctIs}
            <b lang="en">{item}</b>.{' '}
            {scene.objects.length > LIMITS.inDistribution &&
              labels.moreThanTrained(LIMITS.inDistribution)}
          </p>
          {answers.length === 0 ? (
            <p>{labels.noModel}</p>
          ) : (
            <AnswerTable answers={answers} locale={locale} />
          )}
        </div>
      </div>
      <SceneText query={query} locale={locale} />
    </>
  );
}

function AnswerTable({ answers, locale }: { answers: readonly DisplayedAnswer[]; locale: Locale }) {
  const labels = SCENE_LABELS[locale];
  return (
    <table class="answers">
      <thead class="visually-hidden">
        <tr>
          <th scope="col">{labels.model}</th>
          <th scope="col">{labels.answer}</th>
          <th scope="col">{labels.probability}</th>
        </tr>
      </thead>
      <tbody>
        {answers.map(({ model, displayIndex, modality, answer }) => (
          <tr key={`${model} ${modality}`}>
            <th scope="row">
              <ModelMarker displayIndex={displayIndex} />
              <span lang="en">{model}</span> <small>{labels.inputOfModel[modality]}</small>
            </th>
            {answer ? (
              <>
                <td>
                  <b lang="en">{answer.answer.name}</b>{' '}
                  <Verdict
                    correct={answer.correct}
                    text={labels.verdict[answer.correct ? 'correct' : 'wrong']}
                  />
                </td>
                <td class="probability">{percentIn(locale, answer.answer.probability)}</td>
              </>
            ) : (
              <td colSpan={2}>{labels.unavailable}</td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The scene as words, in the order in which the models read them. */
function SceneText({ query: { scene, object }, locale }: { query: Query; locale: Locale }) {
  const labels = SCENE_LABELS[locale];
  return (
    <>
      <h2>{labels.context}</h2>
      <ol class="pairs" lang="en">
        {scene.objects.map((one, index) => {
          const { colour, shape } = objectNames(one);
          return (
            <li key={one.colour} class={index === object ? 'is-asked' : undefined}>
              <ShapeIcon shape={one.shape} fill={elementAt(COLOURS, one.colour).hex} />
              <span>
                <b>{colour}</b> {shape}
              </span>
            </li>
          );
        })}
      </ol>
      <h2>{labels.associations}</h2>
      <ol class="pairs" lang="en">
        {scene.associations.map((index) => {
          const one = elementAt(scene.objects, index);
          const { shape, item } = objectNames(one);
          return (
            <li key={index} class={index === object ? 'is-asked' : undefined}>
              <ShapeIcon shape={one.shape} />
              <span>
                {shape} <b>{item}</b>
              </span>
            </li>
          );
        })}
      </ol>
    </>
  );
}

const OBJECT_COUNTS = [4, 8, 12, 16, 24, 32];

/** Links to scenes with other numbers of objects, and to the next scene. */
function SceneLinks({ request, objects }: { request: EmbedScene; objects: number }) {
  const labels = SCENE_LABELS[request.locale];
  const isGenerated = request.query === undefined && request.scene === undefined;
  const address = (change: Partial<EmbedScene>) =>
    addressOf('/embed/scene', embedSceneSchema, {
      ...request,
      query: undefined,
      scene: undefined,
      order: request.order === 'reversed' ? 'context' : request.order,
      objects,
      questionIndex: 0,
      ...change,
    });
  return (
    <nav aria-label={labels.nextScene}>
      <span id="objects">{labels.objects}</span>
      {OBJECT_COUNTS.map((count) => (
        <a
          key={count}
          href={address({
            objects: count,
            sceneIndex: isGenerated ? request.sceneIndex : 0,
          })}
          aria-label={`${count} ${labels.objects}`}
          {...(count === objects && { 'aria-current': 'true' as const })}
        >
          {count}
        </a>
      ))}
      <a class="next" href={address({ sceneIndex: isGenerated ? request.sceneIndex + 1 : 0 })}>
        {labels.nextScene}
      </a>
    </nav>
  );
}
