import { buildStateSchema } from '../../contract/site.ts';
import { pageState, takeOver } from '../lib/page-state.ts';
import { BuildPage } from './page.tsx';
import '../style.css';
import '../round/round.css';
import './build.css';

takeOver(<BuildPage {...pageState(buildStateSchema)} />);
