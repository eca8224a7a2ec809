import { explorerStateSchema } from '../../contract/pages.ts';
import { pageState, hydratePage } from '../lib/page-state.ts';
import { deferred } from '../lib/deferred.tsx';
import { ExplorerPage } from './page.tsx';
import '../style.css';
import './explorer.css';

const Curve = deferred(async () => (await import('./curve-section.tsx')).CurveSection);

hydratePage(<ExplorerPage state={pageState(explorerStateSchema)} Curve={Curve} />);
