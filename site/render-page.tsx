import { renderToString } from 'preact-render-to-string';
import type { PageState } from '../contract/pages.ts';
import { BuildPage } from './scene-editor/page.tsx';
import { SceneEmbed } from './embed/scene.tsx';
import type { SceneProps } from './embed/scene-props.ts';
import { HerePage } from './in-browser/page.tsx';
import { InsidePage } from './mechanism/page.tsx';
import { RoundPage } from './explorer/page.tsx';

/** A page as HTML, for the body. */
export function renderPage(state: PageState): string {
  switch (state.page) {
    case 'round':
      return renderToString(<RoundPage {...state} />);
    case 'build':
      return renderToString(<BuildPage {...state} />);
    case 'inside':
      return renderToString(<InsidePage {...state} />);
    case 'here':
      return renderToString(<HerePage {...state} />);
  }
}

/** What the page of a scene for frames shows, as HTML. */
export const renderScene = (props: SceneProps): string => renderToString(<SceneEmbed {...props} />);
