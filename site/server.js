// The entry point for the worker. Its types are in `server.d.ts`, so that the DOM types of JSX are not
// part of the worker's type check.
export {
  renderModelList,
  renderModelPage,
  renderPage,
  renderPretrained,
  renderReference,
  renderTextPage,
  renderScene,
} from './render-page.tsx';
