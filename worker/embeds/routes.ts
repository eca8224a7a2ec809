import { getBadge } from './get-badge.ts';
import { embedComparison, embedMechanism, embedScene, embedStyle } from './get-embeds.ts';
import { oembed } from './get-oembed.ts';
import {
  previewComparison,
  previewMechanism,
  previewPage,
  previewScene,
  previewScore,
} from './get-previews.ts';

export const EMBED_ROUTES = [
  getBadge,
  embedComparison,
  embedScene,
  embedMechanism,
  embedStyle,
  oembed,
  previewComparison,
  previewScene,
  previewMechanism,
  previewPage,
  previewScore,
];
