import { embedSceneSchema, type EmbedScene } from '../../contract/embeds.ts';
import type { Locale } from '../../contract/theme-locale.ts';
import { probabilityIn } from '../../plots/labels.ts';
import { COLOURS } from '../../task/colours.ts';
import { objectNames, type Query } from '../../task/query.ts';
import { LIMITS } from '../../task/spec.ts';
import { addressOf } from '../lib/address.ts';
import { ShapeIcon, ModelMarker, Verdict } from '../components/marks.tsx';
import { Picture } from '../components/picture.tsx';
import type { DisplayedAnswer, SceneProps } from './scene-props.ts';
import { SCENE_LABELS } from './scene-labels.ts';

/** A scene as picture and as text, a question about it, and what models answer: all without a script. */
export function SceneEmbed({ request, query, grid, answers }: SceneProps) {
  const { locale } = request;
  const said = SCENE_LABELS[locale];
  const { scene, object } = query;
  const { colour, item } = objectNames(scene.objects[object]);
  const [before, after] = said.question;
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
          label={said.picture(scene.objects.length)}
        />
        <div>
          <p class="hint">
            {said.correctIs}
            <b lang="en">{item}</b>.{' '}
            {scene.objects.length > LIMITS.inDistribution && said.moreThanTrained(LIMITS.inDistribution)}
          </p>
          {answers.length === 0 ? (
            <p>{said.noModel}</p>
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
  const said = SCENE_LABELS[locale];
  return (
    <table class="answers">
      <thead class="unseen">
        <tr>
          <th scope="col">{said.model}</th>
          <th scope="col">{said.answer}</th>
          <th scope="col">{said.probability}</th>
        </tr>
      </thead>
      <tbody>
        {answers.map(({ model, displayIndex, modality, answer }) => (
          <tr key={`${model} ${modality}`}>
            <th scope="row">
              <ModelMarker place={displayIndex} />
              <span lang="en">{model}</span> <small>{said.inputOfModel[modality]}</small>
            </th>
            {answer ? (
              <>
                <td>
                  <b lang="en">{answer.answer.name}</b>{' '}
                  <Verdict
                    right={answer.correct}
                    word={said.verdict[answer.correct ? 'right' : 'wrong']}
                  />
                </td>
                <td class="sure">{probabilityIn(locale, answer.answer.probability)}</td>
              </>
            ) : (
              <td colSpan={2}>{said.unavailable}</td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What those who read are given, in the order in which they read it. */
function SceneText({ query: { scene, object }, locale }: { query: Query; locale: Locale }) {
  const said = SCENE_LABELS[locale];
  return (
    <>
      <h2>{said.context}</h2>
      <ol class="pairs" lang="en">
        {scene.objects.map((one, place) => {
          const { colour, shape } = objectNames(one);
          return (
            <li key={one.colour} class={place === object ? 'is-asked' : undefined}>
              <ShapeIcon shape={one.shape} fill={COLOURS[one.colour].hex} />
              <span>
                <b>{colour}</b> {shape}
              </span>
            </li>
          );
        })}
      </ol>
      <h2>{said.associations}</h2>
      <ol class="pairs" lang="en">
        {scene.associations.map((place) => {
          const { shape, item } = objectNames(scene.objects[place]);
          return (
            <li key={place} class={place === object ? 'is-asked' : undefined}>
              <ShapeIcon shape={scene.objects[place].shape} />
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

const CHOICES = [4, 8, 12, 16, 24, 32];

/** Links to other scenes of the same kind. */
function SceneLinks({ request, objects }: { request: EmbedScene; objects: number }) {
  const said = SCENE_LABELS[request.locale];
  const at = (change: Partial<EmbedScene>) =>
    addressOf('/embed/scene', embedSceneSchema, {
      ...request,
      query: undefined,
      objects,
      questionIndex: 0,
      ...change,
    });
  return (
    <nav aria-label={said.nextScene}>
      <span id="objects">{said.objects}</span>
      {CHOICES.map((choice) => (
        <a
          key={choice}
          href={at({
            objects: choice,
            sceneIndex: request.query === undefined ? request.sceneIndex : 0,
          })}
          aria-label={`${choice} ${said.objects}`}
          {...(choice === objects && { 'aria-current': 'true' as const })}
        >
          {choice}
        </a>
      ))}
      <a
        class="next"
        href={at({ sceneIndex: request.query === undefined ? request.sceneIndex + 1 : 0 })}
      >
        {said.nextScene}
      </a>
    </nav>
  );
}
