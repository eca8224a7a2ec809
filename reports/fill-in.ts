const close = '<!-- /results -->';

/**
 * Puts generated parts between `<!-- results: name -->` and `<!-- /results -->`.
 *
 * @param document markdown with some of those places
 * @param parts by name; a document needs not have a place for each
 * @throws Error where a place names no part, or is not closed
 */
export function fillIn(document: string, parts: Readonly<Record<string, string>>): string {
  return document.replace(
    /<!-- results: ([a-z-]+) -->[^]*?(<!-- \/results -->|$)/g,
    (_, name: string, end: string) => {
      const part = parts[name];
      if (part === undefined) {
        const known = Object.keys(parts).join(', ');
        throw new Error(`no generated part is named "${name}"; there are ${known}`);
      }
      if (end !== close) throw new Error(`the place "${name}" is not closed by ${close}`);
      return `<!-- results: ${name} -->\n\n${part}\n\n${close}`;
    },
  );
}
