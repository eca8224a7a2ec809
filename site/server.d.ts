import type { PageState, SiteModel } from '../contract/pages.ts';
import type { PretrainedSummary } from '../contract/pretrained-summary.ts';
import type { SceneProps } from './embed/scene-props.ts';
import type { ReferenceTag } from './reference/operation.ts';
import type { ModelPageProps } from './models/model-page-props.ts';

/** The HTML of a page's body. */
export function renderPage(state: PageState): string;

/** The HTML of the body of the API reference. */
export function renderReference(tags: readonly ReferenceTag[]): string;

/** The HTML of the scene embed's body. */
export function renderScene(props: SceneProps): string;

/** The HTML of the body of the list of models. */
export function renderModelList(models: readonly SiteModel[]): string;

/** The HTML of the body of a model's page. */
export function renderModelPage(props: ModelPageProps): string;

/**
 * The HTML of the body of a page of text, with the header and the footer of all pages.
 *
 * @param intro HTML of the heading and what stands with it
 * @param content HTML of the rest
 */
export function renderTextPage(intro: string, content: string): string;

/** The HTML of the body of the page of language models. */
export function renderPretrained(summary: PretrainedSummary): string;
