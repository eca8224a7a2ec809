import { describe, expect, it } from 'vitest';
import { readWriteTokens } from '../../services/write-tokens.ts';

const TOKEN = 'an-unguessable-token';
// echo -n an-unguessable-token | sha256sum
const SHA256 = 'fa1deeeb6ffde861865d483fbc135d4787aa5220784f2a61a917802475905a49';
const read = (named: unknown, single?: string) =>
  readWriteTokens({ WRITE_TOKENS: JSON.stringify(named), WRITE_TOKEN: single });

describe('the secrets of a deployment', () => {
  it('give each token a name and its scopes, as itself or as its sha256', async () => {
    const named = {
      ci: { token: TOKEN, scopes: ['publish'] },
      anna: { sha256: 'a'.repeat(64), scopes: ['promote', 'delete'] },
    };
    expect(await read(named, 'single')).toMatchObject({
      fault: null,
      tokens: [
        {
          name: 'WRITE_TOKEN',
          scopes: ['publish', 'promote', 'delete', 'save', 'evaluate', 'watch'],
        },
        { name: 'ci', scopes: ['publish'], sha256: SHA256 },
        { name: 'anna', scopes: ['promote', 'delete'], sha256: 'a'.repeat(64) },
      ],
    });
    expect(await readWriteTokens({})).toEqual({ tokens: [], fault: null });
  });

  it.each([
    ['no object', [], 'must be a JSON object'],
    ['a short token', { ci: { token: 'short', scopes: ['save'] } }, 'at least 16 characters'],
    ['no token', { ci: { scopes: ['save'] } }, 'ci: must have either token or sha256'],
    ['another scope', { ci: { token: TOKEN, scopes: ['keep'] } }, 'publish, promote, delete, save'],
    ['no scope', { ci: { token: TOKEN, scopes: [] } }, 'ci.scopes: a token must have at least one'],
    ['a name that is none', { 'C I': { token: TOKEN, scopes: ['save'] } }, 'a name must have'],
    [
      'one token twice',
      { a: { token: TOKEN, scopes: ['save'] }, b: { sha256: SHA256, scopes: ['save'] } },
      'a and b have the same token',
    ],
  ])('with %s allow nobody anything, and say why without the token', async (_, named, words) => {
    const { tokens, fault } = await read(named, 'single');
    expect(tokens).toEqual([]);
    expect(fault).toContain(words);
    expect(fault).not.toContain(TOKEN);
  });

  it('that are not JSON are not quoted', async () => {
    const { tokens, fault } = await readWriteTokens({ WRITE_TOKENS: TOKEN });
    expect(tokens).toEqual([]);
    expect(fault).toContain('WRITE_TOKENS: ');
    expect(fault).not.toContain('unguessable');
  });
});
