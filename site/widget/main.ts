import { defineComparison } from './comparison-element.ts';
import { originOfScript } from './origin.ts';
import { resizeFrames } from './frames.ts';

/**
 * The one script that other sites load: it makes frames of this deployment as high as their pages,
 * and defines `<bindscope-comparison>`.
 */
const origin = originOfScript();
resizeFrames(origin);
defineComparison(origin);
