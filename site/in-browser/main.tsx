import { inBrowserStateSchema } from '../../contract/pages.ts';
import { pageState, takeOver } from '../lib/page-state.ts';
import { InBrowserPage } from './page.tsx';
import '../style.css';
import '../explorer/explorer.css';
import './in-browser.css';

takeOver(<InBrowserPage {...pageState(inBrowserStateSchema)} />);
