import { buildStateSchema } from '../../contract/pages.ts';
import { pageState, takeOver } from '../lib/page-state.ts';
import { BuildPage } from './page.tsx';
import '../style.css';
import '../explorer/explorer.css';
import './scene-editor.css';

takeOver(<BuildPage {...pageState(buildStateSchema)} />);
