import { explorerStateSchema } from '../../contract/pages.ts';
import { pageState, takeOver } from '../lib/page-state.ts';
import { ExplorerPage } from './page.tsx';
import '../style.css';
import './explorer.css';

takeOver(<ExplorerPage {...pageState(explorerStateSchema)} />);
