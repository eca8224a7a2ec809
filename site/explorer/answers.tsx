import type { ShownAnswer, SiteModel } from '../../contract/pages.ts';
import type { RequestState } from '../lib/use-request.ts';
import { percent } from '../lib/format.ts';
import { ModelMarker, Verdict } from '../components/marks.tsx';
import { ErrorMessage } from '../components/error-message.tsx';
import type { SceneRequest } from './plan.ts';

export interface AnswersProps {
  readonly models: readonly SiteModel[];
  /** What is asked: a row for each, whether it has been answered or not. */
  readonly requests: readonly Pick<SceneRequest, 'models' | 'modality'>[];
  readonly asked: RequestState<readonly ShownAnswer[]>;
  readonly again: () => void;
}

/** What the models say: a word, right or wrong, how sure. */
export function Answers({ models, requests, asked, again }: AnswersProps) {
  if (asked.status === 'failed') return <ErrorMessage error={asked.error} retry={again} />;
  const answers = asked.status === 'done' ? asked.value : [];
  return (
    <table class="answers" aria-busy={asked.status === 'waiting'}>
      <caption class="unseen">What the models answer</caption>
      <thead class="unseen">
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
              place={models.findIndex((model) => model.id === id)}
              modality={modality}
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
  readonly place: number;
  readonly modality: ShownAnswer['modality'];
  readonly shown: ShownAnswer | undefined;
}

function AnswerRow({ id, place, modality, shown }: RowProps) {
  const answer = shown?.answer;
  return (
    <tr>
      <th scope="row">
        <ModelMarker place={place} />
        {id} <small>{modality === 'text' ? 'reads the text' : 'sees the picture'}</small>
      </th>
      {answer ? (
        <>
          <td class="word">
            <b>{answer.answer.name}</b> <Verdict right={answer.correct} />
          </td>
          <td class="sure">
            <meter value={answer.answer.probability} aria-label="probability" />
            <span>{percent(answer.answer.probability)}</span>
          </td>
        </>
      ) : (
        <td colSpan={2} class="pending">
          {shown ? 'cannot be asked just now' : 'thinking…'}
        </td>
      )}
    </tr>
  );
}
