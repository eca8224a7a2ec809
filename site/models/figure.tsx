/** On phones the figure is laid out anew, so that its text stays legible. */
const NARROW_WIDTH = 340;

export interface FigureProps {
  /** Of an SVG of this deployment. */
  readonly path: string;
  /** The content in words. */
  readonly alt: string;
  readonly caption: string;
  /** Whether it is shown only on demand. */
  readonly collapsed?: boolean;
}

/** A figure of the API. */
export function Figure({ path, alt, caption, collapsed = false }: FigureProps) {
  const narrow = `${path}${path.includes('?') ? '&' : '?'}width=${NARROW_WIDTH}`;
  const image = (
    <picture>
      <source media="(max-width: 40rem)" srcset={narrow} />
      <img src={path} alt={alt} loading="lazy" />
    </picture>
  );
  if (collapsed) {
    return (
      <details>
        <summary>{caption}</summary>
        {image}
      </details>
    );
  }
  return (
    <figure>
      <figcaption>{caption}</figcaption>
      {image}
    </figure>
  );
}
