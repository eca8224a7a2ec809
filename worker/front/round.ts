import { html } from 'hono/html';
import type { PredictResponse, QueryResource } from '../../contract/api.ts';
import { LIMITS, type Modality } from '../../task/spec.ts';
import { SHAPES } from '../../task/shapes.ts';
import { percent } from './chart.ts';

/** One model's answer, and what it was shown. */
export interface RoundAnswer {
  readonly modality: Modality;
  readonly answer: PredictResponse['results'][number]['answers'][number];
}

export interface Round {
  readonly query: QueryResource;
  /** undefined where the models could not be asked. */
  readonly answers: readonly RoundAnswer[] | undefined;
}

const CHOICES = [2, 4, 8, 12, 16, 24, 32];

/** A scene as picture and as text, a question about it, and what the models say. */
export function liveRound({ query, answers }: Round) {
  const { objects, associations, asked, answer, index, spec, links } = query;
  const beyond = spec.objects > LIMITS.inDistribution;
  return html`<section id="round">
    <h2>One round, answered just now</h2>
    <nav class="choices" aria-label="Number of objects">
      <span>Objects</span>
      ${CHOICES.map(
        (choice) =>
          html`<a
            href="/?objects=${choice}#round"
            ${choice === spec.objects ? html`aria-current="true"` : ''}
            >${choice}</a
          >`,
      )}
      <a class="next" href="/?objects=${spec.objects}&round=${index + 1}#round">Another one</a>
    </nav>
    <div class="scene">
      <img
        src="${links.svg}"
        width="288"
        height="288"
        alt="The scene as a picture: ${objects.length} coloured shapes on a grid"
      />
      <div>
        <p class="question">Which item goes with the shape that is <b>${asked.name}</b>?</p>
        <p class="hint">
          Right is <b>${answer.name}</b>.
          ${beyond ? `No model was trained on more than ${LIMITS.inDistribution} objects.` : ''}
        </p>
        ${
          answers
            ? answerTable(answers)
            : html`<p class="hint">The models cannot be asked just now; try again in a moment.</p>`
        }
      </div>
      <div>
        <h3>The same scene as text</h3>
        <ol class="pairs">
          ${objects.map(
            ({ colour, hex, shape }) =>
              html`<li>${shapeIcon(shape, hex)}<span>${colour} ${shape}</span></li>`,
          )}
        </ol>
      </div>
      <div>
        <h3>What goes with what</h3>
        <ol class="pairs">
          ${associations.map(
            ({ shape, item }) =>
              html`<li>
                ${shapeIcon(shape)}<span>${shape} → <b>${item}</b></span>
              </li>`,
          )}
        </ol>
      </div>
    </div>
  </section>`;
}

function answerTable(answers: readonly RoundAnswer[]) {
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Model</th>
        <th scope="col">answers</th>
        <th scope="col">sure</th>
      </tr>
    </thead>
    <tbody>
      ${answers.map(
        ({ modality, answer: { model, answer, right } }) =>
          html`<tr>
            <th scope="row">
              ${model} <small>from the ${modality === 'text' ? 'text' : 'picture'}</small>
            </th>
            <td>
              <b>${answer.name}</b>
              <span class="${right ? 'right' : 'wrong'}">${right ? '✓ right' : '✗ wrong'}</span>
            </td>
            <td>${percent(answer.probability)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** A shape as it looks in the picture, in its colour or in that of the text. */
function shapeIcon(name: string, fill = 'currentColor') {
  const path = SHAPES.find((shape) => shape.name === name)?.path ?? '';
  return html`<svg class="icon" viewBox="0 0 100 100" aria-hidden="true">
    <path fill="${fill}" fill-rule="evenodd" d="${path}" />
  </svg>`;
}
