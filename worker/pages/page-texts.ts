import type { TEXT_PAGES } from '../../contract/embeds.ts';

/** Title and description of the pages whose preview is their text. */
export const PAGE_TEXTS = {
  'in-browser': {
    title: 'Run a model in your browser',
    description:
      'Load a model file into your browser, and compare its answers with those of the server.',
  },
  reference: {
    title: 'API reference',
    description:
      'Every request of the API, with its parameters and examples, and a form to try it.',
  },
  problems: {
    title: 'Errors',
    description: 'Every kind of error of the API: its cause, and what to do.',
  },
  pretrained: {
    title: 'Language models',
    description: 'How language models bind, before and after training with pictures.',
  },
  status: {
    title: 'Status',
    description: 'Whether the watched models still answer as well as their baselines.',
  },
} as const satisfies Record<TextPage, { title: string; description: string }>;

type TextPage = (typeof TEXT_PAGES)[number];
