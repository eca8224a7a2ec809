import { describe, expect, it } from 'vitest';
import {
  interventionDocumentSchema,
  interventionRequestSchema,
  type InterventionDocument,
} from '../../contract/intervention-documents.ts';
import { readDocumentJson, writeDocumentText } from '../../contract/document-text.ts';
import { validDocumentTextSchema } from '../../contract/parse-document.ts';
import { describeIssues } from '../../contract/schema-issues.ts';
import { argMax } from '../../inference/logits.ts';
import { planInterventions } from '../../probes/intervention-plan.ts';
import { runInterventionPasses, type InterventionRow } from '../../probes/intervention-run.ts';
import { interchangePair, type InterchangePair } from '../../probes/pairs.ts';
import { indirectQuestion, type AskedScene } from '../../probes/prompt-batch.ts';
import type { HeadRun, ProbeRunner } from '../../probes/runner.ts';
import { siteTokens } from '../../probes/site-tokens.ts';
import { elementAt } from '../../task/element-at.ts';
import { packPrompt } from '../../task/prompt.ts';
import { generateScene } from '../../task/scene.ts';
import { parseSpec } from '../../task/spec.ts';
import { itemToken } from '../../task/tokens.ts';
import { itemBindingNetwork } from '../support/item-binding-network.ts';
import { referenceNetwork } from '../support/reference-networks.ts';

const spec = parseSpec({ objects: 8 });
const PAIRS = Array.from({ length: 20 }, (_, index) => interchangePair(spec, 3, index));
const scenes = Array.from({ length: 4 }, (_, index) => generateScene(spec, 9, index));

const asked = (scene: AskedScene['scene'], object: number): AskedScene => ({
  scene,
  questions: [indirectQuestion(object)],
});

function rowOf({ original, counterfactual, ...objects }: InterchangePair): InterventionRow {
  const prompt = packPrompt(original, 'text', 6, [indirectQuestion(objects.asked)]);
  const row = { scene: original, prompt, modality: 'text' as const, grid: 6, objects };
  return {
    original: asked(original, objects.asked),
    counterfactual: asked(counterfactual, objects.positional),
    tokensOf: ({ tokens }) => siteTokens(tokens, row),
  };
}

/** The reference networks have no heads. */
function withoutHeads(probe: ProbeRunner): ProbeRunner<HeadRun> {
  const headOutput = () => {
    throw new RangeError('no head');
  };
  return {
    shape: probe.shape,
    run: async (...of) => ({ ...(await probe.run(...of)), headOutput }),
  };
}

const documentOf = (runs: unknown, more: object = {}): InterventionDocument =>
  interventionDocumentSchema.parse({
    model: 'reference',
    sweep: { objects: 8, pairs: PAIRS.length },
    runs,
    ...more,
  });

/** The logits [V] of each pair, by the runs of the document. */
async function answersOf(probe: ProbeRunner, document: InterventionDocument) {
  const subject = {
    probe: withoutHeads(probe),
    encode: () => Promise.reject(new Error('these tests read text')),
    featureWidth: 0,
  };
  const { passes, results } = planInterventions(document);
  const set = [scenes.map((scene) => asked(scene, elementAt(scene.asked, 0)))];
  const logits = await runInterventionPasses(subject, spec, passes, PAIRS.map(rowOf), set);
  return { clean: elementAt(logits, 0), runs: results.map((pass) => elementAt(logits, pass)) };
}

type Role = 'asked' | 'positional' | 'symbolic' | 'reflexive';
const itemsOf = (role: Role) =>
  PAIRS.map((pair) => itemToken(elementAt(pair.original.objects, pair[role]).item));
const answers = (logits: readonly Float32Array[] | undefined) => (logits ?? []).map(argMax);

const ZERO = { op: 'zero' as const, at: { layer: 2 } };
const REPLACE = { op: 'replace', at: { layer: 2 }, from: 'counterfactual' };

describe('a document, on a network whose mechanism is known', () => {
  it.each(['positional', 'symbolic'] as const)('finds %s where the first hop is', async (kind) => {
    const document = documentOf([
      { name: 'before', writes: [{ ...REPLACE, at: { layer: 1 } }] },
      { name: 'found', writes: [REPLACE] },
      { name: 'answered', writes: [{ ...REPLACE, at: { layer: 4 } }] },
    ]);
    const { runs } = await answersOf(referenceNetwork(kind), document);
    expect(runs.map(answers)).toEqual([itemsOf('asked'), itemsOf(kind), itemsOf('reflexive')]);
  });

  it('follows a path: a later run reads what an earlier one has changed', async () => {
    const document = documentOf([
      { name: 'sender', writes: [REPLACE] },
      { name: 'receiver', writes: [{ op: 'replace', at: { layer: 4 }, from: 'sender' }] },
      { name: 'blocked', writes: [REPLACE, { op: 'replace', at: { layer: 3 }, from: 'original' }] },
    ]);
    const { runs } = await answersOf(referenceNetwork('symbolic'), document);
    expect(runs.map(answers)).toEqual([itemsOf('symbolic'), itemsOf('symbolic'), itemsOf('asked')]);
  });

  it('scales and adds what its own earlier writes have made, in their order', async () => {
    const at = { layer: 4 };
    const document = documentOf([
      { name: 'kept', writes: [{ op: 'scale', at, factor: 1 }, REPLACE] },
      // x + y - x, where x is what the patched layers give, and y the counterfactual's.
      {
        name: 'moved',
        writes: [
          REPLACE,
          { op: 'add', at, from: 'counterfactual' },
          { op: 'add', at, from: 'kept', factor: -1 },
        ],
      },
      { name: 'zeros', writes: [{ op: 'zero', at }] },
      {
        name: 'doubled',
        writes: [
          { op: 'zero', at },
          { op: 'add', at, from: 'original', factor: 0.5 },
          { op: 'scale', at, factor: 2 },
        ],
      },
    ]);
    const { runs } = await answersOf(referenceNetwork('symbolic'), document);
    expect(answers(runs[0])).toEqual(itemsOf('symbolic'));
    expect(answers(runs[1])).toEqual(itemsOf('reflexive'));
    expect(answers(runs[2])).toEqual(PAIRS.map(() => 0));
    expect(answers(runs[3])).toEqual(itemsOf('asked'));
  });

  it('writes the mean of a set', async () => {
    const item = (scene: AskedScene['scene']) =>
      itemToken(elementAt(scene.objects, elementAt(scene.asked, 0)).item);
    const mean = scenes.reduce((sum, scene) => sum + item(scene), 0) / scenes.length;
    const document = documentOf(
      [{ name: 'mean', writes: [{ op: 'replace', at: { layer: 4 }, from: 'set' }] }],
      { set: { objects: 8 } },
    );
    const { runs } = await answersOf(referenceNetwork('symbolic'), document);
    // The network rounds: its residual stream holds a token.
    expect(answers(runs[0])).toEqual(PAIRS.map(() => Math.round(mean)));
  });

  it('finds the tokens of a role, and of an object', async () => {
    // The network binds at the items, before layer 3.
    const swap = (a: Role, b: Role) => [
      {
        op: 'replace',
        at: { layer: 3, tokens: { role: 'association-item', object: a } },
        from: 'original',
        read: { layer: 3, tokens: { role: 'association-item', object: b } },
      },
    ];
    const document = documentOf([
      { name: 'one', writes: swap('asked', 'symbolic') },
      {
        name: 'all',
        writes: [{ op: 'zero', at: { layer: 3, tokens: 'association-item' } }],
      },
    ]);
    const { runs } = await answersOf(itemBindingNetwork('colour'), document);
    // Nothing holds the asked colour any more.
    for (const logits of runs.flat()) expect(Math.max(...logits)).toBe(0);
  });

  it.each(['positional', 'symbolic'] as const)(
    'changes no logit in the identity control (%s)',
    async (kind) => {
      const document = documentOf([
        {
          name: 'identity',
          writes: [0, 1, 2, 3, 4].flatMap((layer) => [
            { op: 'replace', at: { layer }, from: 'original' },
            { op: 'scale', at: { layer }, factor: 1 },
          ]),
        },
      ]);
      const { runs, clean } = await answersOf(referenceNetwork(kind), document);
      expect(runs[0]).toEqual(clean);
    },
  );
});

describe('the plan of a document', () => {
  it('reads an activation first where a run changes it by its own earlier layers', () => {
    const scale = { op: 'scale', at: { layer: 3 }, factor: 2 };
    const { passes, results } = planInterventions(
      documentOf([
        { name: 'alone', writes: [scale] },
        { name: 'after', writes: [scale, REPLACE] },
      ]),
    );
    expect(passes.map(({ run, writes }) => [run, ...writes.map(({ path }) => path)])).toEqual([
      ['original'],
      ['counterfactual'],
      ['alone', 'runs.0.writes.0'],
      ['after', 'runs.1.writes.1'],
      ['after', 'runs.1.writes.1', 'runs.1.writes.0'],
    ]);
    expect(results).toEqual([2, 4]);
    expect(passes.map(({ reads }) => reads.map(({ layer }) => layer))).toEqual([
      [3],
      [2],
      [],
      [3],
      [],
    ]);
  });
});

describe('a document in an address', () => {
  const document = { model: 'text-only', original: 'ü', runs: [{ name: 'a', writes: [ZERO] }] };

  it('is its JSON in base64url, as Node writes it', () => {
    const text = Buffer.from(JSON.stringify(document)).toString('base64url');
    expect(writeDocumentText(document)).toBe(text);
    expect(readDocumentJson(text)).toEqual(document);
    expect(validDocumentTextSchema.parse(text)).toBe(text);
  });

  it.each([
    ['not base64url', 'a.b', 'base64url'],
    ['not JSON', Buffer.from('{').toString('base64url'), 'not JSON'],
    ['no document', Buffer.from('{"model":"a"}').toString('base64url'), 'runs: '],
    ['too long', 'a'.repeat(6001), 'at most 6000'],
  ])('is refused where it is %s', (_, text, reason) => {
    const { error } = validDocumentTextSchema.safeParse(text);
    expect(error && describeIssues(error)).toContain(reason);
  });
});

describe('a document with a fault', () => {
  const GOOD = {
    model: 'text-only',
    original: 'a name',
    counterfactual: 'a name',
    runs: [{ name: 'a', writes: [REPLACE] }],
  };
  const withWrite = (write: object) => ({ ...GOOD, runs: [{ name: 'a', writes: [write] }] });
  const of = (document: unknown) => {
    const { error } = interventionRequestSchema.safeParse(document);
    return error ? describeIssues(error) : '';
  };

  it.each([
    [
      'an unknown operation',
      withWrite({ ...REPLACE, op: 'copy' }),
      'runs.0.writes.0.op: op must be',
    ],
    [
      'a repeated token',
      withWrite({ ...REPLACE, at: { layer: 1, tokens: [34, 3, 34] } }),
      'runs.0.writes.0.at.tokens.2: positions are a set, but 34 repeats',
    ],
    [
      'an unknown role',
      withWrite({ ...REPLACE, at: { layer: 1, tokens: 'colours' } }),
      'runs.0.writes.0.at.tokens: a role of tokens must be one of colour, shape',
    ],
    [
      'a later run as a source',
      {
        ...GOOD,
        runs: [
          { name: 'a', writes: [{ ...REPLACE, from: 'b' }] },
          { name: 'b', writes: [REPLACE] },
        ],
      },
      'runs.0.writes.0.from: there is no run "b" before this one; it can be original, counterfactual',
    ],
    [
      'a name that is taken',
      { ...GOOD, runs: [{ name: 'set', writes: [REPLACE] }] },
      'runs.0.name: the name "set" is taken',
    ],
    [
      'a head read from the stream',
      withWrite({ ...REPLACE, read: { layer: 1, head: 0 } }),
      'runs.0.writes.0.read: read and at must both be heads',
    ],
    ['a sweep and an original', { ...GOOD, sweep: { objects: 8 } }, 'original: send either'],
    [
      'two faults',
      {
        ...withWrite({ ...REPLACE, at: { layer: -1 } }),
        metric: [],
        metrics: [{ probability: '' }],
      },
      'runs.0.writes.0.at.layer: a layer must be a whole number from 0; metrics.0.probability: ',
    ],
  ])('has its path: %s', (_, document, wanted) => {
    expect(of(GOOD)).toBe('');
    expect(of(document)).toContain(wanted);
  });
});
