import { explorerStateSchema } from '../../contract/pages.ts';
import { pageState, hydratePage } from '../lib/page-state.ts';
import { ExplorerPage } from './page.tsx';
import '../style.css';
import './explorer.css';

hydratePage(<ExplorerPage {...pageState(explorerStateSchema)} />);
