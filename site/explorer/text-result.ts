import type { SiteModel } from '../../contract/pages.ts';

/** Results on text with associations in context order, which every model has. */
export const textResult = ({ evaluation }: Pick<SiteModel, 'evaluation'>) =>
  evaluation.results.find(({ modality, order }) => modality === 'text' && order === 'context');
