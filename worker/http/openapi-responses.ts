import { z } from 'zod';
import { problemSchema } from '../../contract/problems.ts';

/** Parts of a route's contract. */

export const json = <T extends z.ZodType>(description: string, schema: T) => ({
  description,
  content: { 'application/json': { schema } },
});

/** A page for people. */
export const page = {
  description: 'For people.',
  content: { 'text/html': { schema: z.string() } },
};

/** The problems that a route may answer with, beyond its good responses. */
export const problems = {
  default: {
    description: 'What is wrong, and what would be right.',
    content: { 'application/problem+json': { schema: problemSchema } },
  },
};
