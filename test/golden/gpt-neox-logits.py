"""Writes gpt-neox-logits.json: logits of a converted model by Hugging Face transformers.

npx bindscope convert models/text-only --out /tmp/text-only
pip install torch transformers
python test/golden/gpt-neox-logits.py /tmp/text-only && npx prettier --write test/golden/gpt-neox-logits.json
"""

import json
import pathlib
import sys

import torch
import transformers

path = pathlib.Path(__file__).with_suffix(".json")
golden = json.loads(path.read_text())
model = transformers.AutoModelForCausalLM.from_pretrained(sys.argv[1])
for query in golden["queries"]:
    with torch.no_grad():
        logits = model(
            input_ids=torch.tensor([query["tokens"]]),
            position_ids=torch.tensor([query["positions"]]),
        ).logits[0, -1]
    query["logits"] = [round(value, 6) for value in logits.tolist()]
golden["versions"] = {"transformers": transformers.__version__, "torch": torch.__version__}
path.write_text(json.dumps(golden))
