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
  const image = <img src={path} alt={alt} loading="lazy" />;
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
