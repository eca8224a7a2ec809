import { CommanderError } from 'commander';
import { z } from 'zod';
import { describeIssues } from '../contract/schema-issues.ts';

/** An error in one line. */
export function messageOf(error: unknown): string {
  if (error instanceof z.ZodError) return describeIssues(error);
  if (error instanceof CommanderError) return inOneLine(error.message).replace(/^error: /, '');
  return error instanceof Error ? inOneLine(error.message) : 'unknown error';
}

/** Text without line breaks. */
export const inOneLine = (text: string): string => text.trim().replaceAll(/\s*\n\s*/g, ' ');
