import { insideStateSchema } from '../../contract/site.ts';
import { pageState, takeOver } from '../lib/page-state.ts';
import { InsidePage } from './page.tsx';
import '../style.css';
import '../round/round.css';
import './heat.css';
import './inside.css';

takeOver(<InsidePage {...pageState(insideStateSchema)} />);
