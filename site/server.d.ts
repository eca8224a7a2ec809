import type { PageState } from '../contract/pages.ts';
import type { SceneProps } from './embed/scene-props.ts';

/** The HTML of a page's body. */
export function renderPage(state: PageState): string;

/** The HTML of the scene embed's body. */
export function renderScene(props: SceneProps): string;
