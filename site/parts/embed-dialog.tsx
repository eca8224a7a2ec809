import { useRef, useState } from 'preact/hooks';
import { LOCALES, THEMES, type Locale, type Theme } from '../../contract/looks.ts';
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

/** A button that opens what can be pasted into other pages to show the state of this one. */
export function EmbedDialog({ snippets }: { snippets: Snippets }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [open, setOpen] = useState(false);
  const [theme, setTheme] = useState<Theme>('auto');
  const [locale, setLocale] = useState<Locale>('en');
  return (
    <>
      <button
        type="button"
        class="needs-script"
        aria-haspopup="dialog"
        onClick={() => {
          setOpen(true);
          dialog.current?.showModal();
        }}
      >
        Embed this
      </button>
      <dialog
        ref={dialog}
        class="embed"
        aria-labelledby="embed-title"
        onClose={() => {
          setOpen(false);
        }}
        onClick={(event) => {
          // On what lies behind it: the dialog's own content covers all of it.
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
          <p class="choice">
            <label for="embed-theme">Colours</label>
            <select
              id="embed-theme"
              value={theme}
              onChange={(event) => {
                setTheme(event.currentTarget.value as Theme);
              }}
            >
              {THEMES.map((one) => (
                <option key={one} value={one}>
                  {THEME_NAMES[one]}
                </option>
              ))}
            </select>
            <label for="embed-locale">Language</label>
            <select
              id="embed-locale"
              value={locale}
              onChange={(event) => {
                setLocale(event.currentTarget.value as Locale);
              }}
            >
              {LOCALES.map((one) => (
                <option key={one} value={one} lang={one}>
                  {LOCALE_NAMES[one]}
                </option>
              ))}
            </select>
          </p>
          {open &&
            snippets(location.origin, { theme, locale }).map(({ name, note, code }) => (
              <section key={name} aria-label={name}>
                <div>
                  <h3>{name}</h3>
                  <CopyButton text={code} what={name} beside />
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
