import type { PageState } from '../contract/pages.ts';
import type { SceneProps } from './embed/scene-props.ts';

/** A page as HTML, for the body. */
export function renderPage(state: PageState): string;

/** What the page of a scene for frames shows, as HTML. */
export function renderScene(props: SceneProps): string;
