export interface RadioChoiceProps<T extends string> {
  readonly name: string;
  readonly legend: string;
  readonly value: T;
  /** What can be chosen, and what it is called. */
  readonly words: Readonly<Record<T, string>>;
  readonly onChange: (value: T) => void;
}

/** One of a few. */
export function RadioChoice<T extends string>(props: RadioChoiceProps<T>) {
  const { name, legend, value, words, onChange } = props;
  return (
    <fieldset class="order">
      <legend>{legend}</legend>
      {(Object.keys(words) as T[]).map((one) => (
        <label key={one}>
          <input
            type="radio"
            name={name}
            value={one}
            checked={value === one}
            onChange={() => {
              onChange(one);
            }}
          />{' '}
          {words[one]}
        </label>
      ))}
    </fieldset>
  );
}

/** How the associations of a query may stand. */
export const ORDER_WORDS = { context: 'in the order of the text', shuffled: 'shuffled' } as const;
