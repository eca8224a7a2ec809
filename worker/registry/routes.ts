import { deleteVersion } from './delete-version.ts';
import { getPublishedVersion } from './get-published-version.ts';
import { getRegisteredModel } from './get-registered-model.ts';
import { listChanges } from './list-changes.ts';
import { listRegisteredModels } from './list-registered-models.ts';
import { publishVersion } from './publish-version.ts';
import { removeAlias } from './remove-alias.ts';
import { rollBackAlias } from './roll-back-alias.ts';
import { setAlias } from './set-alias.ts';

export const REGISTRY_ROUTES = [
  listRegisteredModels,
  getRegisteredModel,
  listChanges,
  publishVersion,
  getPublishedVersion,
  deleteVersion,
  setAlias,
  removeAlias,
  rollBackAlias,
];
