import type { AttributionFigures } from '../../../contract/attributions.ts';
import type { Query } from '../../../task/query.ts';
import { describeToken, itemToken } from '../../../task/tokens.ts';
import { elementAt } from '../../../task/element-at.ts';
import type { Modality } from '../../../task/spec.ts';
import { Verdict } from '../../components/marks.tsx';
import { percent } from '../../lib/format.ts';
import { arrowsOf, describeMistake, placesOff, tokenName, type PathArrow } from './arrows.ts';
import { Candidates } from './candidates.tsx';
import { KindMark } from './kind-mark.tsx';
import { Diagram } from './diagram.tsx';

export interface PathPanelProps {
  /** The name of the model. */
  readonly model: string;
  readonly query: Query;
  readonly modality: Modality;
  readonly grid: number;
  readonly figures: AttributionFigures;
  /** The position of the slider; models with fewer layers stop at their last. */
  readonly layer: number;
  /** Index of the token whose arrow is cut. */
  readonly cut: number | null;
  readonly onCut: (token: number) => void;
}

/** What the answer of one model depends on: the drawing, and the same in words. */
export function PathPanel(props: PathPanelProps) {
  const { model, query, modality, grid, figures, layer: wanted, cut, onCut } = props;
  const { arrows, hidden } = arrowsOf(figures, query);
  const last = figures.stream.length - 1;
  const layer = Math.min(wanted, last);
  const cutArrow = arrows.find(({ token }) => token.index === cut);
  const shown = cutArrow ? cutArrow.token.answer : figures.answer;
  const meaning = describeToken(shown.token);
  const correct = shown.token === itemToken(elementAt(query.scene.objects, query.object).item);
  return (
    <>
      <p class="path-answer" aria-live="polite">
        <span>
          {cutArrow ? 'Without this arrow: ' : 'Answers '}
          <b>{shown.name}</b> <Verdict correct={correct} />{' '}
          <small>{percent(shown.probability)}</small>
        </span>
        <small>
          {cutArrow
            ? `${figures.answer.name} falls from ${percent(figures.answer.probability)} to ${percent(cutArrow.token.probability)}.`
            : correct
              ? summary(arrows)
              : describeMistake(
                  meaning.kind === 'item' ? placesOff(query, meaning.index) : undefined,
                )}
        </small>
      </p>
      <Diagram
        query={query}
        modality={modality}
        grid={grid}
        arrows={arrows}
        layer={layer}
        cut={cut}
        answered={meaning.kind === 'item' && (cutArrow || layer === last) ? meaning.index : null}
        onCut={onCut}
      />
      <div class="path-words">
        <Candidates figures={figures} layer={layer} cut={cutArrow?.token} />
        <ArrowTable
          model={model}
          arrows={arrows}
          hidden={hidden}
          modality={modality}
          cut={cut}
          onCut={onCut}
        />
      </div>
    </>
  );
}

function summary(arrows: readonly PathArrow[]): string {
  const context = arrows.filter(({ list }) => list === 'context');
  if (context.length === 0) return 'No single word of the first list is necessary.';
  if (context.length === 1 && context[0]?.kind === 'shape')
    return 'It found the shape, then its item.';
  return 'It used words around the shape.';
}

interface ArrowTableProps {
  readonly model: string;
  readonly arrows: readonly PathArrow[];
  readonly hidden: number;
  readonly modality: Modality;
  readonly cut: number | null;
  readonly onCut: (token: number) => void;
}

/** The arrows in words; each can be cut. */
function ArrowTable({ model, arrows, hidden, modality, cut, onCut }: ArrowTableProps) {
  return (
    <table class="path-table">
      <caption class="visually-hidden">What the answer of {model} depends on</caption>
      <thead>
        <tr>
          <th scope="col">The answer needs</th>
          <th scope="col">lost without it</th>
          <th scope="col">
            <span class="visually-hidden">Cut</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {arrows.map(({ token, kind }) => {
          const name = tokenName(token, modality);
          return (
            <tr key={token.index}>
              <th scope="row">
                <KindMark kind={kind} /> {name}
              </th>
              <td>{percent(token.effect)}</td>
              <td>
                <button
                  type="button"
                  aria-pressed={token.index === cut}
                  aria-label={`Cut the arrow to ${name}`}
                  onClick={() => {
                    onCut(token.index);
                  }}
                >
                  {token.index === cut ? 'Restore' : 'Cut'}
                </button>
              </td>
            </tr>
          );
        })}
        {arrows.length === 0 && (
          <tr>
            <td colSpan={3}>No single word or cell is necessary for this answer.</td>
          </tr>
        )}
        {hidden > 0 && (
          <tr>
            <td colSpan={3}>and {hidden} more with at least 10&nbsp;%</td>
          </tr>
        )}
      </tbody>
    </table>
  );
}
