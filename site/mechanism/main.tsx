import { pageState, hydratePage } from '../lib/page-state.ts';
import { MechanismPage } from './page.tsx';
import '../style.css';
import '../explorer/explorer.css';
import './heat-map.css';
import './mechanism.css';

hydratePage(<MechanismPage {...pageState('mechanism')} />);
