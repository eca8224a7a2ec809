import type { ComponentChildren } from 'preact';
import type { ShownAnswer, SiteModel } from '../../contract/pages.ts';
import { elementAt } from '../../task/element-at.ts';
import { objectNames, type Query } from '../../task/query.ts';
import { LIMITS } from '../../task/spec.ts';
import { describeToken } from '../../task/tokens.ts';
import { ModelMarker } from '../components/marks.tsx';
import { percent } from '../lib/format.ts';
import { describeMistake, placesOff } from './path/arrows.ts';
import { textResult } from './text-result.ts';
import type { StoryStep } from './story-steps.ts';
import { hasVision } from './plan.ts';

export interface StoryProps {
  readonly models: readonly SiteModel[];
  readonly chosen: readonly SiteModel[];
  readonly query: Query;
  /** Empty while the models have not answered, or while the visitor guesses. */
  readonly answers: readonly ShownAnswer[];
  readonly current: StoryStep;
  readonly addressOf: (step: StoryStep) => string;
  readonly onStep: (step: StoryStep) => void;
}

/** The finding in four steps; each shows a scene below, and the values are those of the models. */
export function Story(props: StoryProps) {
  const { query, models, chosen, answers, current } = props;
  const { colour, shape, item } = objectNames(elementAt(query.scene.objects, query.object));
  const isShort = query.scene.objects.length <= LIMITS.inDistribution;
  const live = (step: StoryStep) =>
    step === current && <Live query={query} chosen={chosen} models={models} answers={answers} />;
  return (
    <ol class="story" aria-label="The finding in four steps">
      <Step {...props} step={1} title="The task">
        One list says which shape has which colour, the other which shape has which item. Which item
        goes with <em>{colour}</em>?{' '}
        {answers.length > 0 && (
          <>
            <em>{colour}</em> is the {shape}, and the {shape} has the {item}.
          </>
        )}
      </Step>
      <Step {...props} step={2} title={titleOfShort(chosen)}>
        With up to {LIMITS.inDistribution} shapes, as in training,{' '}
        <Shares models={models} chosen={chosen} range="id" />. {isShort && live(2)}
      </Step>
      <Step {...props} step={3} title={titleOfLong(chosen)}>
        With more, <Shares models={models} chosen={chosen} range="ood" />. {!isShort && live(3)}
      </Step>
      <Step {...props} step={4} title="Why pictures help">
        <Why models={models} />
      </Step>
    </ol>
  );
}

interface StepProps extends Pick<StoryProps, 'current' | 'addressOf' | 'onStep'> {
  readonly step: StoryStep;
  readonly title: string;
  readonly children: ComponentChildren;
}

function Step({ step, title, current, addressOf, onStep, children }: StepProps) {
  const isCurrent = step === current;
  return (
    <li class={isCurrent ? 'is-current' : ''}>
      <h2>
        <a
          href={addressOf(step)}
          {...(isCurrent && { 'aria-current': 'step' as const })}
          onClick={(event) => {
            event.preventDefault();
            onStep(step);
          }}
        >
          {title}
        </a>
      </h2>
      <p>{children}</p>
    </li>
  );
}

/** The title of the second step, where it is true of the chosen models. */
function titleOfShort(chosen: readonly SiteModel[]): string {
  const results = chosen.map(textResult);
  const areRight = results.every((result) => result !== undefined && result.id.accuracy > 0.99);
  if (!areRight) return 'Short lists';
  return results.length === 1 ? 'Short lists: it is right' : 'Short lists: both right';
}

/** The title of the third step: how many of the chosen models are wrong more often than right. */
function titleOfLong(chosen: readonly SiteModel[]): string {
  const broken = chosen.filter((model) => (textResult(model)?.ood.accuracy ?? 1) < 0.5).length;
  if (broken === 0) return 'Longer lists';
  if (broken < chosen.length) return 'Longer lists: one breaks';
  return broken === 1 ? 'Longer lists: it breaks' : 'Longer lists: both break';
}

/** `text-only is right in 99.9 % of questions and image-text in 100 %`, from the cards. */
function Shares({
  models,
  chosen,
  range,
}: Pick<StoryProps, 'models' | 'chosen'> & { readonly range: 'id' | 'ood' }) {
  const measured = chosen.map(textResult);
  return (
    <>
      {chosen.map((model, index) => {
        const result = measured[index];
        return (
          <span key={model.id}>
            {index > 0 && ' and '}
            <Name models={models} model={model} /> {index === 0 ? 'is right in ' : 'in '}
            {result ? <b>{percent(result[range].accuracy)}</b> : 'an unknown share'}
            {index === 0 && ' of questions'}
          </span>
        );
      })}
    </>
  );
}

/** The answers on screen, and how one is wrong. */
function Live({
  query,
  models,
  chosen,
  answers,
}: Pick<StoryProps, 'query' | 'models' | 'chosen' | 'answers'>) {
  const said = chosen.flatMap((model) => {
    const shown = answers.find((one) => one.model === model.id && one.modality === 'text')?.answer;
    return shown ? [{ of: model, answer: shown.answer, correct: shown.correct }] : [];
  });
  if (said.length === 0) return null;
  return (
    <span class="live-answers">
      {said.map(({ of, answer, correct }) => {
        const { kind, index } = describeToken(answer.token);
        const places = kind === 'item' ? placesOff(query, index) : undefined;
        return (
          <span key={of.id}>
            Here <Name models={models} model={of} /> says {answer.name}:{' '}
            {correct ? 'right. ' : `wrong. ${describeMistake(places)} `}
          </span>
        );
      })}
    </span>
  );
}

/** Model ids with a meaning of their own in the story. */
const SHUFFLED = 'text-symbolic';

function Why({ models }: Pick<StoryProps, 'models'>) {
  const shuffled = models.find(({ id }) => id === SHUFFLED);
  const result = shuffled && textResult(shuffled);
  return (
    <>
      In a picture nothing is “second”, so the network had to learn what belongs to what; it goes{' '}
      <b title="symbolic binding">by shape</b>, not <b title="positional binding">by place</b>.
      {shuffled && result && (
        <>
          {' '}
          Text with shuffled lists teaches it, too: <Name models={models} model={shuffled} />{' '}
          {hasVision(shuffled) ? '' : 'never saw a picture and '}is right in{' '}
          <b>{percent(result.ood.accuracy)}</b>.
        </>
      )}
    </>
  );
}

function Name({ models, model }: { models: readonly SiteModel[]; model: SiteModel }) {
  return (
    <span class="model">
      <ModelMarker displayIndex={models.indexOf(model)} />
      {model.id}
    </span>
  );
}
