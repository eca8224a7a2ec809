"""Optional: the training step in PyTorch, one thread, for `npm run bench` to compare with.

The model is `trainer/model/transformer.ts`'s, written as one would in PyTorch; weights and tokens are random, for
only time is measured. Reads one JSON object from its argument; then, for each line of standard input
(the index of a batch), runs one step and prints its CPU time in milliseconds.
"""

import json
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn


class Block(nn.Module):
    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.ln1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.ln2 = nn.LayerNorm(width)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)

    def forward(self, x, cosines, sines, bias):
        rows, length, width = x.shape
        qkv = self.qkv(self.ln1(x)).view(rows, length, 3, self.heads, -1)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        z = F.scaled_dot_product_attention(
            rotate(q, cosines, sines), rotate(k, cosines, sines), v, attn_mask=bias
        )
        x = x + self.out(z.transpose(1, 2).reshape(rows, length, width))
        return x + self.down(F.gelu(self.up(self.ln2(x))))


def rotate(x, cosines, sines):
    first, second = x.chunk(2, dim=-1)
    return torch.cat((first * cosines - second * sines, first * sines + second * cosines), dim=-1)


class Model(nn.Module):
    def __init__(self, layers, width, heads, features, tokens, rope_base):
        super().__init__()
        half = width // heads // 2
        self.register_buffer("frequencies", rope_base ** (-torch.arange(half) / half))
        self.embedding = nn.Embedding(tokens, width)
        self.patches = nn.Linear(features, width, bias=False)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.ln = nn.LayerNorm(width)
        self.unembedding = nn.Linear(width, tokens, bias=False)

    def forward(self, tokens, positions, bias, answers, features):
        x = self.embedding(tokens)
        if features is not None:
            x = x + self.patches(features)
        angles = positions[:, None, :, None] * self.frequencies
        cosines, sines = angles.cos(), angles.sin()
        for block in self.blocks:
            x = block(x, cosines, sines, bias)
        return self.unembedding(self.ln(x.flatten(0, 1)[answers]))


def make_batch(spec, model):
    rows, length = spec["rows"], spec["length"]
    hidden = torch.ones(length, length).triu(1).bool()
    return {
        "tokens": torch.randint(model["tokens"], (rows, length)),
        "positions": torch.arange(length).float().expand(rows, length),
        "bias": torch.zeros(rows, 1, length, length).masked_fill(hidden, -1e9),
        "answers": torch.randint(rows * length, (spec["answers"],)),
        "features": torch.randn(rows, length, model["features"]) if spec["pictures"] else None,
        "targets": torch.randint(model["tokens"], (spec["answers"],)),
    }


def main():
    task = json.loads(sys.argv[1])
    torch.set_num_threads(1)
    torch.manual_seed(0)
    model = Model(**task["model"])
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, betas=(0.9, 0.98), fused=True)
    batches = [make_batch(spec, task["model"]) for spec in task["batches"]]
    forward = torch.compile(model, dynamic=False) if task["compiled"] else model

    def step(batch):
        inputs = {name: value for name, value in batch.items() if name != "targets"}
        loss = F.cross_entropy(forward(**inputs), batch["targets"])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    try:
        # The first step of each form compiles.
        for batch in batches:
            step(batch)
    except Exception as error:
        print("failed", type(error).__name__, flush=True)
        return
    print("ready", torch.__version__, flush=True)
    for line in sys.stdin:
        began = time.process_time()
        step(batches[int(line)])
        print(1000 * (time.process_time() - began), flush=True)


main()
