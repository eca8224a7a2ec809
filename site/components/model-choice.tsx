import type { SiteModel } from '../../contract/pages.ts';

export interface ModelChoiceProps {
  readonly models: readonly SiteModel[];
  readonly chosen: readonly SiteModel[];
  readonly onChange: (ids: string[]) => void;
}

const NAMES = ['Ask', 'and'];

/** Which models are asked, two at a time. */
export function ModelChoice({ models, chosen, onChange }: ModelChoiceProps) {
  if (models.length < 2) return null;
  const ids = chosen.map(({ id }) => id);
  const replaced = (place: number, id: string) => {
    const other = ids.indexOf(id);
    const next = ids.with(place, id);
    // Choosing the other one swaps the two.
    return other < 0 ? next : next.with(other, ids[place]);
  };
  return (
    <p class="choice">
      {ids.map((id, place) => (
        <span key={place}>
          <label for={`model-${place}`}>{NAMES[place]}</label>{' '}
          <select
            id={`model-${place}`}
            value={id}
            onChange={(event) => {
              onChange(replaced(place, event.currentTarget.value));
            }}
          >
            {models.map((model) => (
              <option key={model.id} value={model.id} selected={model.id === id}>
                {model.id}
              </option>
            ))}
          </select>
        </span>
      ))}
    </p>
  );
}
