import { useRef, useState } from 'preact/hooks';
import type { Locale, Theme } from '../../contract/theme-locale.ts';
import { CopyButton } from './copy-button.tsx';
import type { Snippets } from './snippets.ts';

const THEME_NAMES: Readonly<Record<Theme, string>> = {
  auto: 'as the reader prefers',
  light: 'light',
  dark: 'dark',
};
const LOCALE_NAMES: Readonly<Record<Locale, string>> = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
};

/**
 * A button that opens a dialog with code that embeds the current view in other pages.
 *
 * @param load gives the snippets of the view; their code is loaded only once somebody asks for them
 */
export function EmbedDialog({ load }: { load: () => Promise<Snippets> }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [snippets, setSnippets] = useState<Snippets>();
  const [theme, setTheme] = useState<Theme>('auto');
  const [locale, setLocale] = useState<Locale>('en');
  return (
    <>
      <button
        type="button"
        class="needs-script"
        aria-haspopup="dialog"
        onClick={() => {
          void load().then((loaded) => {
            // A function as a state would be called.
            setSnippets(() => loaded);
            dialog.current?.showModal();
          });
        }}
      >
        Embed this
      </button>
      <dialog
        ref={dialog}
        class="embed"
        aria-labelledby="embed-title"
        onClose={() => {
          setSnippets(undefined);
        }}
        onClick={(event) => {
          // A click on the backdrop: the content covers the dialog itself.
          if (event.target === event.currentTarget) event.currentTarget.close();
        }}
      >
        <div>
          <header>
            <h2 id="embed-title">Embed this</h2>
            <button
              type="button"
              onClick={() => {
                dialog.current?.close();
              }}
            >
              Close
            </button>
          </header>
          <p class="selects">
            <Choice name="Colours" value={theme} names={THEME_NAMES} onChange={setTheme} />
            <Choice name="Language" value={locale} names={LOCALE_NAMES} onChange={setLocale} />
          </p>
          {snippets?.(location.origin, { theme, locale }).map(({ name, note, code }) => (
            <section key={name} aria-label={name}>
              <div>
                <h3>{name}</h3>
                <CopyButton text={code} name={name} nameIsVisible />
              </div>
              <p class="hint">{note}</p>
              <pre tabIndex={0}>
                <code>{code}</code>
              </pre>
            </section>
          ))}
        </div>
      </dialog>
    </>
  );
}

interface ChoiceProps<T extends string> {
  readonly name: string;
  readonly value: T;
  /** The name of each option. */
  readonly names: Readonly<Record<T, string>>;
  readonly onChange: (value: T) => void;
}

function Choice<T extends string>({ name, value, names, onChange }: ChoiceProps<T>) {
  const id = `embed-${name.toLowerCase()}`;
  return (
    <>
      <label for={id}>{name}</label>
      <select
        id={id}
        value={value}
        onChange={(event) => {
          onChange(event.currentTarget.value as T);
        }}
      >
        {Object.entries<string>(names).map(([option, optionName]) => (
          <option key={option} value={option}>
            {optionName}
          </option>
        ))}
      </select>
    </>
  );
}
