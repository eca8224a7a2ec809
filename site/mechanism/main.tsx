import { insideStateSchema } from '../../contract/pages.ts';
import { pageState, takeOver } from '../lib/page-state.ts';
import { InsidePage } from './page.tsx';
import '../style.css';
import '../explorer/explorer.css';
import './heat-map.css';
import './mechanism.css';

takeOver(<InsidePage {...pageState(insideStateSchema)} />);
