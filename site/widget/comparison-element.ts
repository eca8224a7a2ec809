import type { AccuracyResponse } from '../../contract/embeds.ts';
import type { Locale } from '../../contract/theme-locale.ts';
import { comparisonMarkup } from '../../plots/html-figure.ts';
import { figureStyle } from '../../plots/style.ts';
import { FIGURE_LABELS } from '../../plots/labels.ts';
import rules from '../embed/figure.css?inline';
import { untrackFrame, trackFrame } from './frames.ts';

/** What `/v1/accuracy` is asked, and how the answer looks. */
const ASKED = ['models', 'modality', 'order'] as const;
const LOOKS = ['theme', 'locale'] as const;

const COLOURS = figureStyle({
  any: ':host',
  light: ":host([theme='light'])",
  dark: ":host([theme='dark'])",
});
const HOST = `:host { display: block; container-type: inline-size; color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
iframe { width: 100%; height: 620px; border: 0; }`;

/**
 * Defines `<bindscope-comparison models="a,b" modality order theme locale>`: the figure of
 * `/embed/comparison` without a frame. Where it cannot be had, as the host's policy forbids the
 * request or the style, the frame takes its place.
 */
export function defineComparison(origin: string): void {
  if (customElements.get('bindscope-comparison')) return;
  customElements.define(
    'bindscope-comparison',
    class extends HTMLElement {
      static readonly observedAttributes = [...ASKED, ...LOOKS];
      readonly #root = this.attachShadow({ mode: 'open' });
      #asking = new AbortController();
      #frame: HTMLIFrameElement | undefined;

      connectedCallback(): void {
        void this.#show();
      }

      disconnectedCallback(): void {
        this.#asking.abort();
        this.#drop();
      }

      attributeChangedCallback(name: string, before: string | null, after: string | null): void {
        // The style sees to the theme by itself.
        if (this.isConnected && before !== after && name !== 'theme') void this.#show();
      }

      async #show(): Promise<void> {
        this.#asking.abort();
        this.#asking = new AbortController();
        const { signal } = this.#asking;
        this.setAttribute('aria-busy', 'true');
        try {
          const response = await fetch(this.#address('/v1/accuracy', ASKED), { signal });
          if (!response.ok) throw new Error(`status ${response.status}`);
          const accuracies = (await response.json()) as AccuracyResponse;
          signal.throwIfAborted();
          this.#draw(accuracies);
        } catch {
          if (signal.aborted) return;
          this.#showFrame();
        }
        this.removeAttribute('aria-busy');
      }

      #draw(accuracies: AccuracyResponse): void {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(HOST + COLOURS + rules);
        // A sheet that a script made is not subject to the host's policy of styles.
        this.#root.adoptedStyleSheets = [sheet];
        this.#drop();
        this.#root.innerHTML = comparisonMarkup(accuracies, this.#locale, 'h2');
        const link = document.createElement('a');
        link.href = `${origin}/`;
        link.textContent = 'bindscope';
        const footer = document.createElement('footer');
        footer.append(link);
        this.#root.append(footer);
      }

      /** The page says what is wrong, if something is. */
      #showFrame(): void {
        this.#drop();
        const frame = document.createElement('iframe');
        frame.src = this.#address('/embed/comparison', [...ASKED, ...LOOKS]).href;
        frame.title = 'bindscope';
        trackFrame(frame);
        this.#frame = frame;
        frame.style.width = '100%';
        frame.style.border = '0';
        this.#root.replaceChildren(frame);
      }

      #drop(): void {
        if (this.#frame) untrackFrame(this.#frame);
        this.#frame = undefined;
      }

      #address(path: string, names: readonly string[]): URL {
        const url = new URL(path, origin);
        for (const name of names) {
          const value = this.getAttribute(name);
          if (value) url.searchParams.set(name, value);
        }
        return url;
      }

      get #locale(): Locale {
        const given = this.getAttribute('locale') ?? 'en';
        return given in FIGURE_LABELS ? (given as Locale) : 'en';
      }
    },
  );
}
