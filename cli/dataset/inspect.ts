import type { Dataset } from './dataset.ts';
import { READ_ANSWER_PYTHON } from './reading-rule.ts';

/** A task of Inspect (https://inspect.aisi.org.uk/tasks.html), with accuracy by number of objects. */
export const inspectFiles = ({ name }: Dataset): Map<string, string> =>
  new Map([[`${name}.py`, taskFile(name)]]);

const taskFile = (name: string) => `"""Queries of bindscope for Inspect."""

import re
from pathlib import Path

from inspect_ai import Task, task
from inspect_ai.dataset import Sample, json_dataset
from inspect_ai.model import ChatMessageUser, ContentImage, ContentText, GenerateConfig
from inspect_ai.scorer import CORRECT, INCORRECT, Score, accuracy, grouped, scorer, stderr
from inspect_ai.solver import generate

FOLDER = Path(__file__).parent


def sample(record):
    content = [ContentText(text=record["prompt"])]
    if record["picture"]:
        content.insert(0, ContentImage(image=str(FOLDER / record["picture"])))
    return Sample(
        id=record["id"],
        input=[ChatMessageUser(content=content)],
        target=record["answer"],
        metadata={**record["metadata"], "candidates": record["candidates"]},
    )


@scorer(metrics=[grouped(accuracy(), "objects"), stderr()])
def names_the_word():
    async def score(state, target):
        answer = state.output.completion
        word = read_answer(answer, state.metadata["candidates"])
        value = CORRECT if word == target.text else INCORRECT
        return Score(value=value, answer=word, explanation=answer)

    return score


@task
def ${name}():
    return Task(
        dataset=json_dataset(str(FOLDER / "queries.jsonl"), sample),
        solver=generate(),
        scorer=names_the_word(),
        config=GenerateConfig(temperature=0, max_tokens=32),
    )


${READ_ANSWER_PYTHON}`;
