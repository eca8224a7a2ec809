/** What the API reference shows of the document `/openapi.json`. */

export interface ReferenceParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description: string;
  /** As TypeScript would write it. */
  readonly type: string;
  /** The allowed values, where they are few. */
  readonly options: readonly string[];
  readonly example: string;
  readonly defaultValue: string;
}

export interface ReferenceContent {
  readonly mediaType: string;
  readonly type: string;
}

export interface ReferenceOperation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly needsToken: boolean;
  readonly parameters: readonly ReferenceParameter[];
  readonly body: (ReferenceContent & { readonly example: string }) | undefined;
  readonly responses: readonly {
    readonly status: string;
    readonly description: string;
    readonly content: readonly ReferenceContent[];
  }[];
}

export interface ReferenceTag {
  readonly name: string;
  readonly description: string;
  readonly operations: readonly ReferenceOperation[];
}
