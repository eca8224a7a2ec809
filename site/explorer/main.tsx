import { roundStateSchema } from '../../contract/pages.ts';
import { pageState, takeOver } from '../lib/page-state.ts';
import { RoundPage } from './page.tsx';
import '../style.css';
import './explorer.css';

takeOver(<RoundPage {...pageState(roundStateSchema)} />);
