import { sceneEditorPage } from './scene-editor-page.ts';
import { getSchema } from './get-schema.ts';
import { explainProblem } from './explain-problem.ts';
import { frontPage } from './front-page.ts';
import { icon, iconInPixels, legacyIcon } from './icons.ts';
import { inBrowserPage } from './in-browser-page.ts';
import { listProblems } from './list-problems.ts';
import { mechanismPage } from './mechanism-page.ts';
import { modelListPage, modelPage } from './model-pages.ts';
import { openapiDocument } from './openapi-document.ts';
import { pretrainedPage } from './pretrained-page.ts';
import { redirects } from './redirects.ts';
import { reference } from './reference.ts';
import { siteFile } from './site-file.ts';
import { robots, sitemap, webManifest } from './site-metadata.ts';

export const PAGE_ROUTES = [
  frontPage,
  sceneEditorPage,
  mechanismPage,
  inBrowserPage,
  modelListPage,
  modelPage,
  pretrainedPage,
  ...redirects,
  siteFile,
  icon,
  iconInPixels,
  legacyIcon,
  robots,
  sitemap,
  webManifest,
  reference,
  openapiDocument,
  getSchema,
  listProblems,
  explainProblem,
];
