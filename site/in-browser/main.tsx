import { pageState, hydratePage } from '../lib/page-state.ts';
import { InBrowserPage } from './page.tsx';
import '../style.css';
import '../explorer/explorer.css';
import './in-browser.css';

hydratePage(<InBrowserPage {...pageState('in-browser')} />);
