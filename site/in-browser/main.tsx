import { hereStateSchema } from '../../contract/pages.ts';
import { pageState, takeOver } from '../lib/page-state.ts';
import { HerePage } from './page.tsx';
import '../style.css';
import '../explorer/explorer.css';
import './in-browser.css';

takeOver(<HerePage {...pageState(hereStateSchema)} />);
