// The worker's way in. Beside it stands `server.d.ts`, so that the types of the DOM, which come with
// JSX, stay out of the worker's.
export { renderPage, renderScene } from './render-page.tsx';
