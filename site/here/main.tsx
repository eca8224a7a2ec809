import { hereStateSchema } from '../../contract/site.ts';
import { pageState, takeOver } from '../lib/page-state.ts';
import { HerePage } from './page.tsx';
import '../style.css';
import '../round/round.css';
import './here.css';

takeOver(<HerePage {...pageState(hereStateSchema)} />);
