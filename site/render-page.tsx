import { renderToString } from 'preact-render-to-string';
import type { PageState, SiteModel } from '../contract/pages.ts';
import { SceneEditorPage } from './scene-editor/page.tsx';
import { SceneEmbed } from './embed/scene.tsx';
import type { SceneProps } from './embed/scene-props.ts';
import { InBrowserPage } from './in-browser/page.tsx';
import { MechanismPage } from './mechanism/page.tsx';
import { CurveSection } from './explorer/curve-section.tsx';
import { PageLayout } from './components/page-layout.tsx';
import { ExplorerPage } from './explorer/page.tsx';
import { renderedAtOnce } from './lib/deferred.tsx';
import type { ReferenceTag } from './reference/operation.ts';
import { ReferencePage } from './reference/page.tsx';
import { ModelListPage } from './models/model-list-page.tsx';
import { ModelPage } from './models/model-page.tsx';
import type { PretrainedSummary } from '../contract/pretrained-summary.ts';
import { PretrainedPage } from './pretrained/page.tsx';
import type { ModelPageProps } from './models/model-page-props.ts';

const Curve = renderedAtOnce(CurveSection);

/** The HTML of a page's body. */
export function renderPage(state: PageState): string {
  switch (state.page) {
    case 'explorer':
      return renderToString(<ExplorerPage state={state} Curve={Curve} />);
    case 'scene-editor':
      return renderToString(<SceneEditorPage {...state} />);
    case 'mechanism':
      return renderToString(<MechanismPage {...state} />);
    case 'in-browser':
      return renderToString(<InBrowserPage {...state} />);
  }
}

/** The HTML of the body of the API reference. */
export const renderReference = (tags: readonly ReferenceTag[]): string =>
  renderToString(<ReferencePage tags={tags} />);

/** The HTML of the scene embed's body. */
export const renderScene = (props: SceneProps): string => renderToString(<SceneEmbed {...props} />);

/** The HTML of the body of the list of models. */
export const renderModelList = (models: readonly SiteModel[]): string =>
  renderToString(<ModelListPage models={models} />);

/** The HTML of the body of a model's page. */
export const renderModelPage = (props: ModelPageProps): string =>
  renderToString(<ModelPage {...props} />);

/** The HTML of the body of a page of text. */
export const renderTextPage = (intro: string, content: string): string =>
  renderToString(
    <PageLayout source={null}>
      <section class="intro" dangerouslySetInnerHTML={{ __html: intro }} />
      <div dangerouslySetInnerHTML={{ __html: content }} />
    </PageLayout>,
  );

/** The HTML of the body of the page of language models. */
export const renderPretrained = (summary: PretrainedSummary): string =>
  renderToString(<PretrainedPage {...summary} />);
