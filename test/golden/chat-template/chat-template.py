"""Writes `golden.json`: what transformers makes of a question by the chat template here. Needs transformers:

    python3 test/golden/chat-template/chat-template.py
"""

import json
import pathlib

from transformers import AutoTokenizer

HERE = pathlib.Path(__file__).parent
QUESTION = "Objects:\n- red disc\n\nWhich item does the red object have?"
LEAD = "Answer:"

tokenizer = AutoTokenizer.from_pretrained(HERE)
text = tokenizer.apply_chat_template(
    [{"role": "user", "content": QUESTION}],
    tokenize=False,
    add_generation_prompt=True,
    enable_thinking=False,
)
ids = tokenizer(text + LEAD, add_special_tokens=False)["input_ids"]
golden = {"question": QUESTION, "lead": LEAD, "text": text, "ids": ids}
(HERE / "golden.json").write_text(json.dumps(golden) + "\n")
