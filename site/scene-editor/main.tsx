import { pageState, hydratePage } from '../lib/page-state.ts';
import { SceneEditorPage } from './page.tsx';
import '../style.css';
import '../explorer/explorer.css';
import './scene-editor.css';

hydratePage(<SceneEditorPage {...pageState('scene-editor')} />);
