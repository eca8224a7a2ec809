import type { ShownAnswer, SiteModel } from '../../contract/pages.ts';
import type { RequestState } from '../lib/use-request.ts';
import { percent } from '../lib/format.ts';
import { ModelMarker, Verdict } from '../components/marks.tsx';
import { ErrorMessage } from '../components/error-message.tsx';
import { modelPageAddress } from '../models/words.ts';
import type { SceneRequest } from './plan.ts';

export interface AnswersProps {
  readonly models: readonly SiteModel[];
  /** The table has a row for each model of each request, with or without an answer. */
  readonly requests: readonly Pick<SceneRequest, 'models' | 'modality'>[];
  readonly state: RequestState<readonly ShownAnswer[]>;
  readonly retry: () => void;
  /** Whether the answers are hidden until the visitor has guessed. */
  readonly isHidden?: boolean;
}

/** The models' answers: the item, whether it is correct, and its probability. */
export function Answers({ models, requests, state, retry, isHidden = false }: AnswersProps) {
  if (state.status === 'failed') return <ErrorMessage error={state.error} retry={retry} />;
  const answers = state.status === 'done' && !isHidden ? state.value : [];
  return (
    <table class="answers" aria-busy={state.status === 'waiting'}>
      <caption class="visually-hidden">Answers of the models</caption>
      <thead class="visually-hidden">
        <tr>
          <th scope="col">Model</th>
          <th scope="col">Answer</th>
          <th scope="col">Probability</th>
        </tr>
      </thead>
      <tbody aria-live="polite">
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
  );
}

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
        <a href={modelPageAddress(id)}>{id}</a>{' '}
        <small>{modality === 'text' ? 'reads the text' : 'sees the picture'}</small>
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
