import { roundStateSchema } from '../../contract/site.ts';
import { pageState, takeOver } from '../lib/page-state.ts';
import { RoundPage } from './page.tsx';
import '../style.css';
import './round.css';

takeOver(<RoundPage {...pageState(roundStateSchema)} />);
