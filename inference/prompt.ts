/** What a model reads. */
export interface Prompt {
  readonly tokens: readonly number[];
  /** [3, tokens] in time, down and across, for a model with such positions; by default 0, 1, 2, … in all. */
  readonly positions?: readonly (readonly number[])[];
  readonly picture?: EmbeddedPicture;
}

/** A picture in a prompt. */
export interface EmbeddedPicture {
  /** The first of its n tokens. */
  readonly start: number;
  /** Embeddings [n, D], in place of those of the tokens. */
  readonly features: Float32Array;
  /** Features [n, D] for each of the first layers, to be added after it (DeepStack); none for most models. */
  readonly deepstack: readonly Float32Array[];
}

/** Whether all but the last token are the same; a picture is the same where its features are the same array. */
export function isSamePrefix(a: Prompt, b: Prompt): boolean {
  const end = a.tokens.length - 1;
  return (
    a.picture?.features === b.picture?.features &&
    b.tokens.length - 1 === end &&
    a.tokens.slice(0, end).every((id, at) => id === b.tokens[at])
  );
}
