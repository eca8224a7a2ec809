export interface RadioChoiceProps<T extends string> {
  readonly name: string;
  readonly legend: string;
  readonly value: T;
  /** The name of each option. */
  readonly options: Readonly<Record<T, string>>;
  readonly onChange: (value: T) => void;
}

/** A group of radio buttons. */
export function RadioChoice<T extends string>(props: RadioChoiceProps<T>) {
  const { name, legend, value, options, onChange } = props;
  return (
    <fieldset class="radio-choice">
      <legend>{legend}</legend>
      {(Object.keys(options) as T[]).map((option) => (
        <label key={option}>
          <input
            type="radio"
            name={name}
            value={option}
            checked={value === option}
            onChange={() => {
              onChange(option);
            }}
          />{' '}
          {options[option]}
        </label>
      ))}
    </fieldset>
  );
}

/** The orders of the associations. */
export const ORDER_NAMES = { context: 'in the order of the text', shuffled: 'shuffled' } as const;
