import { defineComparison } from './comparison-element.ts';
import { originOfScript } from './origin.ts';
import { resizeFrames } from './frames.ts';

/**
 * The script for other sites: it sets the height of this deployment's frames and defines
 * `<bindscope-comparison>`.
 */
const origin = originOfScript();
resizeFrames(origin);
defineComparison(origin);
