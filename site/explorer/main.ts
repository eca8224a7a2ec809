import { startWhenUsed } from '../lib/start-when-used.ts';
import '../style.css';
import './explorer.css';

startWhenUsed({ load: async () => (await import('./start.tsx')).start, near: '#path, #curve' });
