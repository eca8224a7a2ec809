/** SVG as escaped strings, since workerd has no DOM. */

type Attributes = Readonly<Record<string, string | number>>;

/** Marks the results of `element` and `textNode`, so that plain text cannot be used as markup. */
declare const isMarkup: unique symbol;
export type Markup = string & { readonly [isMarkup]: true };

export function element(name: string, attributes: Attributes, ...children: Markup[]): Markup {
  const written = Object.entries(attributes).map(([key, value]) => {
    const text = typeof value === 'number' ? roundCoordinate(value) : escape(value);
    return ` ${key}="${text}"`;
  });
  return `<${name}${written.join('')}>${children.join('')}</${name}>` as Markup;
}

export const textNode = (text: string): Markup => escape(text) as Markup;

/** A text at a point. */
export const label = (x: number, y: number, className: string, text: string): Markup =>
  element('text', { x, y, class: className }, textNode(text));

export const concatMarkup = (...parts: Markup[]): Markup => parts.join('') as Markup;

/** A tenth of a unit, which is finer than any screen. */
export const roundCoordinate = (value: number): number => Math.round(value * 10) / 10;

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['"', '&quot;'],
]);

const escape = (text: string): string =>
  text.replace(/[&<"]/g, (character) => ENTITIES.get(character) ?? character);
