"""Trains a GPT to answer queries, which it reads from a server of bindscope or from a file with one query a line."""

import argparse
import json
import random
import time
import urllib.request
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlencode

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from gpt import GPT, Config

PAGE = 100  # The most queries that a server gives at once.


def fetch(url: str, kind: dict[str, int | str], count: int) -> list[dict]:
    """The first `count` queries of a kind: GET /v1/queries, page by page."""
    queries: list[dict] = []
    while len(queries) < count:
        page = {"start": len(queries), "count": min(PAGE, count - len(queries)), **kind}
        with urllib.request.urlopen(f"{url}/v1/queries?{urlencode(page)}") as response:
            queries += json.load(response)["queries"]
    return queries


def read_queries(source: str, split: str, objects: list[int], count: int) -> list[dict]:
    """Queries with `tokens` (the prompt), `positions` and `answer.token`, so many per number of objects."""
    if not source.startswith("http"):
        lines = Path(source).read_text().splitlines()
        return [query for query in map(json.loads, lines) if query["spec"]["split"] == split]
    kinds = [{"split": split, "order": "shuffled", "objects": number} for number in objects]
    return [query for kind in kinds for query in fetch(source, kind, count)]


def batches_by_length(queries: list[dict]) -> list[tuple[Tensor, Tensor, Tensor]]:
    """Queries of one length need no padding. Tokens and positions are [N, T], answers [N]."""
    by_length: dict[int, list[dict]] = {}
    for query in queries:
        by_length.setdefault(len(query["tokens"]), []).append(query)
    return [
        (
            torch.tensor([query["tokens"] for query in group]),
            torch.tensor([query["positions"] for query in group]),
            torch.tensor([query["answer"]["token"] for query in group]),
        )
        for group in by_length.values()
    ]


def accuracy(model: GPT, queries: list[dict]) -> str:
    correct = 0
    with torch.no_grad():
        for tokens, positions, answers in batches_by_length(queries):
            logits = model(tokens, positions)[:, -1]
            correct += int((logits.argmax(-1) == answers).sum())
    return f"{correct} of {len(queries)} ({correct / len(queries):.1%})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queries", default="http://localhost:8787", help="a server, or a file of JSON lines")
    parser.add_argument("--objects", type=int, nargs="+", default=[1, 2], help="objects in a scene")
    parser.add_argument("--count", type=int, default=4000, help="training queries per number of objects")
    parser.add_argument("--save-queries", help="write the queries into this file, for the next time")
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", default="gpt.pt")
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    random.seed(options.seed)

    training = read_queries(options.queries, "train", options.objects, options.count)
    held_out = read_queries(options.queries, "validation", options.objects, 200)
    print(f"{len(training)} training queries, {len(held_out)} validation queries")
    if options.save_queries:
        lines = [json.dumps(query) for query in training + held_out]
        Path(options.save_queries).write_text("\n".join(lines) + "\n")

    config = Config()
    model = GPT(config)
    print(f"{sum(parameter.numel() for parameter in model.parameters())} parameters")
    optimiser = torch.optim.AdamW(model.parameters(), lr=options.rate, weight_decay=0.01)
    groups = batches_by_length(training)
    sizes = [len(answers) for _, _, answers in groups]
    begin = time.monotonic()
    for step in range(1, options.steps + 1):
        tokens, positions, answers = random.choices(groups, weights=sizes)[0]
        chosen = torch.randint(len(answers), (options.batch,))
        # Only the answer is predicted: the rest of a prompt is random.
        logits = model(tokens[chosen], positions[chosen])[:, -1]
        loss = cross_entropy(logits, answers[chosen])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 100 == 0 or step == options.steps:
            print(f"step {step}: loss {loss.item():.3f}, validation {accuracy(model, held_out)}", flush=True)
    print(f"trained for {time.monotonic() - begin:.0f} s")
    torch.save({"config": asdict(config), "parameters": model.state_dict()}, options.out)
    print(f"wrote {options.out}")


if __name__ == "__main__":
    main()
