import type { SiteModel } from '../../contract/pages.ts';

export interface ModelChoiceProps {
  readonly models: readonly SiteModel[];
  readonly chosen: readonly SiteModel[];
  readonly onChange: (ids: string[]) => void;
}

/** Selects for the models that are asked. */
export function ModelChoice({ models, chosen, onChange }: ModelChoiceProps) {
  if (models.length < 2) return null;
  const ids = chosen.map(({ id }) => id);
  const replaced = (index: number, id: string) => {
    const other = ids.indexOf(id);
    const current = ids[index];
    // Choosing the other model swaps the two.
    return ids.map((one, at) => (at === index ? id : at === other ? (current ?? one) : one));
  };
  return (
    <p class="selects">
      {ids.map((id, index) => (
        <span key={index}>
          <label for={`model-${index}`}>Model {index + 1}</label>{' '}
          <select
            id={`model-${index}`}
            value={id}
            onChange={(event) => {
              onChange(replaced(index, event.currentTarget.value));
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
