import { deferred } from '../lib/deferred.tsx';
import { hydratePage, pageState } from '../lib/page-state.ts';
import { ExplorerPage } from './page.tsx';

const Curve = deferred(async () => (await import('./curve-section.tsx')).CurveSection);

export function start(): void {
  hydratePage(<ExplorerPage state={pageState('explorer')} Curve={Curve} />);
}
