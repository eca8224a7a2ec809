/** SVG without a DOM, which workerd has not: elements as strings, escaped once, here. */

type Attributes = Readonly<Record<string, string | number>>;

/** Marks what `element` made, so that no text can be taken for it. */
declare const made: unique symbol;
export type Markup = string & { readonly [made]: true };

export function element(name: string, attributes: Attributes, ...children: Markup[]): Markup {
  const written = Object.entries(attributes).map(([key, value]) => {
    // A tenth of a unit is finer than any screen.
    const shown = typeof value === 'number' ? Math.round(value * 10) / 10 : escape(value);
    return ` ${key}="${shown}"`;
  });
  return `<${name}${written.join('')}>${children.join('')}</${name}>` as Markup;
}

export const words = (text: string): Markup => escape(text) as Markup;

/** A text at a point; `place` is a CSS class. */
export const label = (x: number, y: number, place: string, text: string): Markup =>
  element('text', { x, y, class: place }, words(text));

function escape(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '"': '&quot;' };
  return text.replace(/[&<"]/g, (character) => entities[character]);
}
