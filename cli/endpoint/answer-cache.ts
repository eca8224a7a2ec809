import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../../node/files.ts';
import type { EndpointAnswer, EndpointRequest } from './openai-endpoint.ts';

const answerSchema = z.object({
  text: z.string(),
  promptTokens: z.number().nullable(),
  answerTokens: z.number().nullable(),
});

/** Answers in a folder, one file each, by the sha256 of address and body. A run that was stopped goes on with them. */
export class AnswerCache {
  constructor(
    private readonly folder: string,
    private readonly url: string,
  ) {
    mkdirSync(folder, { recursive: true });
  }

  get(request: EndpointRequest): EndpointAnswer | undefined {
    const file = this.#file(request);
    if (!existsSync(file)) return undefined;
    try {
      return answerSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    } catch {
      // A damaged file: the question is asked again.
      return undefined;
    }
  }

  set(request: EndpointRequest, answer: EndpointAnswer): void {
    writeAtomically(this.#file(request), `${JSON.stringify(answer)}\n`);
  }

  #file(request: EndpointRequest): string {
    const key = JSON.stringify([this.url, request]);
    return join(this.folder, `${createHash('sha256').update(key).digest('hex')}.json`);
  }
}
