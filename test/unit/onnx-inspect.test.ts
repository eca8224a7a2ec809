import { describe, expect, it } from 'vitest';
import { GRAPH_LIMITS } from '../../onnx/bounds.ts';
import { writeOnnx } from '../../onnx/codec.ts';
import { inspectModel } from '../../onnx/inspect.ts';
import { BOMBS } from '../fixtures/onnx/bombs.ts';
import { FOREIGN_MODELS, foreignFile, ownFile } from '../fixtures/onnx/files.ts';

const batch = { rows: 4, tokens: 512, answers: 128 };

describe('a model', () => {
  it.each(FOREIGN_MODELS)('that fits is given with its signature and costs: %s', (id) => {
    const inspected = inspectModel(foreignFile(`${id}/model.onnx`), batch);
    expect(inspected).toMatchObject({
      fits: true,
      signature: { kind: 'decoder' },
      bounds: { faults: [] },
    });
  });

  it('that is too much for its batch says at which node', () => {
    const inspected = inspectModel(ownFile('text-only/model.onnx'), { ...batch, tokens: 2048 });
    expect(inspected).toMatchObject({ fits: false });
    if (inspected.fits) return;
    expect(inspected.faults.join()).toMatch(/MatMul "v\d+" makes a tensor of/);
  });

  it('is counted with the files beside it', () => {
    const { fileBytes } = GRAPH_LIMITS;
    const bytes = foreignFile('qwen2-genai/model.onnx');
    const inspected = inspectModel(bytes, batch, GRAPH_LIMITS, fileBytes);
    const most = `up to ${fileBytes} are allowed`;
    expect(inspected).toEqual({
      fits: false,
      faults: [`the file has ${bytes.length + fileBytes} bytes; ${most}`],
    });
  });
});

describe('a file', () => {
  it('that is no model says so', () => {
    const inspected = inspectModel(new TextEncoder().encode('no model'), batch);
    expect(inspected).toMatchObject({ fits: false });
  });

  it.each(Object.entries(BOMBS))('that is a bomb is refused: %s', (_, [, , make]) => {
    const inspected = inspectModel(writeOnnx(make()), batch);
    expect(inspected.fits).toBe(false);
  });
});
