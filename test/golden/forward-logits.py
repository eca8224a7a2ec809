"""Writes `forward-logits.json`: what the models in `forward-cases.json` answer, by transformers.

An oracle for the forward pass that shares no code with it: GPTNeoXForCausalLM, in float64. Needs
numpy, torch and transformers 4:

    python3 test/golden/forward-logits.py
"""

import json
from pathlib import Path

import numpy as np
import torch
from transformers import GPTNeoXConfig, GPTNeoXForCausalLM

HERE = Path(__file__).parent


def read_parameters(case):
    """Parameters in storage order: embeddings, then blocks, then the last norm and the unembedding."""
    theta = np.fromfile(HERE / case["weights"], dtype="<f4").astype(np.float64)
    shapes = [shape for _, shape in case["parameters"]]
    ends = np.cumsum([np.prod(shape) for shape in shapes])
    assert ends[-1] == len(theta)
    return [part.reshape(shape) for part, shape in zip(np.split(theta, ends[:-1]), shapes)]


def build(config, vocabulary, blocks, last):
    width, heads = config["width"], config["heads"]
    model = GPTNeoXForCausalLM(
        GPTNeoXConfig(
            vocab_size=vocabulary,
            hidden_size=width,
            intermediate_size=4 * width,
            num_hidden_layers=config["layers"],
            num_attention_heads=heads,
            hidden_act="gelu",
            rotary_pct=1.0,
            rotary_emb_base=config["ropeBase"] or 10000,
            use_parallel_residual=False,
            layer_norm_eps=1e-5,
            tie_word_embeddings=False,
            attn_implementation="eager",
        )
    ).double()

    def set_(parameter, value):
        assert parameter.shape == value.shape, (parameter.shape, value.shape)
        parameter.data = torch.tensor(np.ascontiguousarray(value))

    def set_linear(module, weight, bias):
        set_(module.weight, weight.T)
        set_(module.bias, bias)

    def set_norm(module, gain, bias):
        set_(module.weight, gain)
        set_(module.bias, bias)

    def by_head(x):
        """[3, H, K] rows -> [H, 3, K] rows, as GPT-NeoX keeps queries, keys and values."""
        split = x.reshape(3, heads, width // heads, *x.shape[1:])
        return np.swapaxes(split, 0, 1).reshape(x.shape)

    for layer, values in zip(model.gpt_neox.layers, zip(*[iter(blocks)] * 12)):
        g1, b1, qkv, qkv_bias, out, out_bias, g2, b2, up, up_bias, down, down_bias = values
        set_norm(layer.input_layernorm, g1, b1)
        set_linear(layer.attention.query_key_value, by_head(qkv.T).T, by_head(qkv_bias))
        set_linear(layer.attention.dense, out, out_bias)
        set_norm(layer.post_attention_layernorm, g2, b2)
        set_linear(layer.mlp.dense_h_to_4h, up, up_bias)
        set_linear(layer.mlp.dense_4h_to_h, down, down_bias)
    gain, bias, unembedding = last
    set_norm(model.gpt_neox.final_layer_norm, gain, bias)
    set_(model.embed_out.weight, unembedding.T)
    return model.eval()


def logits_of(case):
    config, batch = case["config"], case["batch"]
    rows, length = batch["rows"], batch["length"]
    embedding, *rest = read_parameters(case)
    positions = rest.pop(0) if config["absolutePositions"] else None
    patches = rest.pop(0) if config["patchFeatures"] else None
    model = build(config, len(embedding), rest[:-3], rest[-3:])

    embedded = embedding[batch["tokens"]]
    if positions is not None:
        embedded = embedded + positions[batch["positions"]]
    if patches is not None:
        embedded = embedded + np.reshape(batch["patchFeatures"], (rows * length, -1)) @ patches
    visible = np.array([[int(bit) for bit in row] for row in batch["visible"]])
    mask = np.where(visible.reshape(rows, 1, length, length) == 1, 0.0, -1e9)
    # Without rotary positions nothing is rotated, as at position 0.
    position_ids = np.array(batch["positions"]) if config["ropeBase"] else np.zeros(rows * length)
    with torch.no_grad():
        logits = model(
            inputs_embeds=torch.tensor(embedded.reshape(rows, length, -1)),
            attention_mask=torch.tensor(mask),
            position_ids=torch.tensor(position_ids.reshape(rows, length), dtype=torch.long),
            use_cache=False,
        ).logits
    return logits.reshape(rows * length, -1)[batch["answerIndex"]]


def main():
    cases = json.loads((HERE / "forward-cases.json").read_text())
    logits = {
        case["name"]: [[round(value, 7) for value in row] for row in logits_of(case).tolist()]
        for case in cases
    }
    (HERE / "forward-logits.json").write_text(json.dumps(logits))


main()
