import type { ShownAnswer, SiteModel } from '../../contract/pages.ts';
import type { RequestState } from '../lib/use-request.ts';
import { percent } from '../lib/format.ts';
import { elementAt } from '../../task/element-at.ts';
import { generateQuery, objectNames, parseQueryName } from '../../task/query.ts';
import { ModelMarker, Verdict } from '../components/marks.tsx';
import { ErrorMessage } from '../components/error-message.tsx';
import { modelPageAddress } from '../models/words.ts';
import type { SceneRequest } from './plan.ts';

export interface AnswersProps {
  readonly models: readonly SiteModel[];
  /** The table has a row for each model of each request, with or without an answer. */
  readonly requests: readonly SceneRequest[];
  readonly state: RequestState<readonly ShownAnswer[]>;
  readonly retry: () => void;
  /** Whether the answers are hidden until the visitor has guessed. */
  readonly isHidden?: boolean;
}

/** Whether no model failed to answer. */
export const isAnswered = (answers: readonly ShownAnswer[]): boolean =>
  answers.every(({ answer }) => answer !== null);

/** The models' answers: the item, whether it is correct, and its probability. */
export function Answers({ models, requests, state, retry, isHidden = false }: AnswersProps) {
  if (state.status === 'failed') return <ErrorMessage error={state.error} retry={retry} />;
  const answers = state.status === 'done' && !isHidden ? state.value : [];
  return (
    <>
      <p class="visually-hidden" role="status">
        {answers.length > 0 && describeAnswers(requests, answers)}
      </p>
      <table class="answers" aria-busy={state.status === 'waiting'}>
        <caption class="visually-hidden">Answers of the models</caption>
        <thead class="visually-hidden">
          <tr>
            <th scope="col">Model</th>
            <th scope="col">Answer</th>
            <th scope="col">Probability</th>
          </tr>
        </thead>
        <tbody>
          {requests.flatMap(({ models: ids, modality }) =>
            ids.map((id) => (
              <AnswerRow
                key={`${id} ${modality}`}
                id={id}
                displayIndex={models.findIndex((model) => model.id === id)}
                modality={modality}
                isHidden={isHidden}
                shown={answers.find((one) => one.model === id && one.modality === modality)}
              />
            )),
          )}
        </tbody>
      </table>
      {!isAnswered(answers) && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </>
  );
}

/** The question and every answer in words: a person who hears them may not see the page. */
function describeAnswers(
  requests: AnswersProps['requests'],
  answers: readonly ShownAnswer[],
): string {
  const sentences = answers.map(({ model, modality, answer }) => {
    const said = answer
      ? `${answer.answer.name}, ${answer.correct ? 'correct' : 'wrong'}, ${percent(answer.answer.probability)}`
      : 'cannot answer right now';
    return `${model}, which ${INPUTS[modality]}: ${said}.`;
  });
  return [`${askedColour(requests)}:`, ...sentences].join(' ');
}

/** The colour of the question, which all requests have in common. */
function askedColour([first]: AnswersProps['requests']): string {
  if (!first) return '';
  if (typeof first.query !== 'string') return first.query.asked;
  const { scene, object } = generateQuery(parseQueryName(first.query));
  return objectNames(elementAt(scene.objects, object)).colour;
}

const INPUTS = { text: 'reads the text', image: 'sees the picture' } as const;

interface RowProps {
  readonly id: string;
  readonly displayIndex: number;
  readonly modality: ShownAnswer['modality'];
  readonly shown: ShownAnswer | undefined;
  readonly isHidden: boolean;
}

function AnswerRow({ id, displayIndex, modality, shown, isHidden }: RowProps) {
  const answer = shown?.answer;
  return (
    <tr>
      <th scope="row">
        <ModelMarker displayIndex={displayIndex} />
        <a href={modelPageAddress(id)}>{id}</a> <small>{INPUTS[modality]}</small>
      </th>
      {answer ? (
        <>
          <td class="answer">
            <b>{answer.answer.name}</b> <Verdict correct={answer.correct} />
          </td>
          <td class="probability">
            <meter value={answer.answer.probability} aria-label="probability" />
            <span>{percent(answer.answer.probability)}</span>
          </td>
        </>
      ) : (
        <td colSpan={2} class="pending">
          {isHidden
            ? 'hidden until you answer'
            : shown
              ? 'cannot answer right now'
              : 'waiting for the answer…'}
        </td>
      )}
    </tr>
  );
}
