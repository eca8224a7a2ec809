import { sceneEditorStateSchema } from '../../contract/pages.ts';
import { pageState, takeOver } from '../lib/page-state.ts';
import { SceneEditorPage } from './page.tsx';
import '../style.css';
import '../explorer/explorer.css';
import './scene-editor.css';

takeOver(<SceneEditorPage {...pageState(sceneEditorStateSchema)} />);
