import type { AccuracyResponse } from '../../contract/embeds.ts';
import type { Problem } from '../../contract/problems.ts';
import type { Locale } from '../../contract/theme-locale.ts';
import { comparisonMarkup } from '../../plots/html-figure.ts';
import { figureStyle } from '../../plots/style.ts';
import { FIGURE_LABELS } from '../../plots/labels.ts';
import { concatMarkup, element, textNode, type Markup } from '../../plots/svg.ts';
import rules from '../embed/figure.css?inline';
import { untrackFrame, trackFrame } from './frames.ts';

/** Attributes that are parameters of `/v1/accuracy`, and those that change the presentation. */
const QUERY_ATTRIBUTES = ['models', 'modality', 'order'] as const;
const STYLE_ATTRIBUTES = ['theme', 'locale'] as const;

const COLOURS = figureStyle({
  any: ':host',
  light: ":host([theme='light'])",
  dark: ":host([theme='dark'])",
});
const HOST = `:host { display: block; container-type: inline-size; color: var(--foreground);
  font: 1rem/1.5 system-ui, sans-serif; }
iframe { width: 100%; height: 620px; border: 0; }`;

/**
 * Defines `<bindscope-comparison models="a,b" modality order theme locale>`: the figure of
 * `/embed/comparison` without a frame. Where the figure is not available, for example because the page's
 * content security policy forbids the request, it shows the frame.
 */
export function defineComparison(origin: string): void {
  if (customElements.get('bindscope-comparison')) return;
  customElements.define(
    'bindscope-comparison',
    class extends HTMLElement {
      static readonly observedAttributes = [...QUERY_ATTRIBUTES, ...STYLE_ATTRIBUTES];
      readonly #root = this.attachShadow({ mode: 'open' });
      #request = new AbortController();
      #frame: HTMLIFrameElement | undefined;

      connectedCallback(): void {
        void this.#show();
      }

      disconnectedCallback(): void {
        this.#request.abort();
        this.#removeFrame();
      }

      attributeChangedCallback(name: string, before: string | null, after: string | null): void {
        // CSS handles the theme.
        if (this.isConnected && before !== after && name !== 'theme') void this.#show();
      }

      async #show(): Promise<void> {
        this.#request.abort();
        this.#request = new AbortController();
        const { signal } = this.#request;
        this.setAttribute('aria-busy', 'true');
        try {
          const response = await fetch(this.#address('/v1/accuracy', QUERY_ATTRIBUTES), { signal });
          const body: unknown = await response.json();
          signal.throwIfAborted();
          if (response.ok) this.#draw(body as AccuracyResponse);
          else this.#explain((body as Problem).detail);
        } catch {
          if (signal.aborted) return;
          this.#showFrame();
        }
        this.removeAttribute('aria-busy');
      }

      #draw(accuracies: AccuracyResponse): void {
        this.#fill(comparisonMarkup(accuracies, this.#locale, 'h2'));
      }

      /** Says why there is no figure. */
      #explain(detail: string): void {
        const heading = element('h2', {}, textNode(FIGURE_LABELS[this.#locale].notShown));
        this.#fill(concatMarkup(heading, element('p', { lang: 'en' }, textNode(detail))));
      }

      #fill(markup: Markup): void {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(HOST + COLOURS + rules);
        // A constructed style sheet is not subject to the page's style policy.
        this.#root.adoptedStyleSheets = [sheet];
        this.#removeFrame();
        this.#root.innerHTML = markup;
        const link = document.createElement('a');
        link.href = `${origin}/`;
        link.textContent = 'bindscope';
        const footer = document.createElement('footer');
        footer.append(link);
        this.#root.append(footer);
      }

      /** The page in the frame shows the reason of a failure. */
      #showFrame(): void {
        this.#removeFrame();
        const frame = document.createElement('iframe');
        frame.src = this.#address('/embed/comparison', [
          ...QUERY_ATTRIBUTES,
          ...STYLE_ATTRIBUTES,
        ]).href;
        frame.title = 'bindscope';
        trackFrame(frame);
        this.#frame = frame;
        frame.style.width = '100%';
        frame.style.border = '0';
        // What stands between the tags, such as a link, stays where the frame has nothing to show either.
        this.#root.replaceChildren(frame, document.createElement('slot'));
      }

      #removeFrame(): void {
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
