import type { EmbedScene } from '../../contract/embeds.ts';
import type { ShownAnswer } from '../../contract/pages.ts';
import type { Query } from '../../task/query.ts';

/** The data of the scene embed. */
export interface SceneProps {
  readonly request: EmbedScene;
  readonly query: Query;
  /** Cells per side of the picture. */
  readonly grid: number;
  readonly answers: readonly DisplayedAnswer[];
}

/** An answer, and the index of its model in the deployment. */
export interface DisplayedAnswer extends ShownAnswer {
  readonly displayIndex: number;
}
