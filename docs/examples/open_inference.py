"""Asks a model of bindscope 16 queries, with NVIDIA's client for the Open Inference Protocol.

    pip install 'tritonclient[http]'
    python docs/examples/open_inference.py localhost:8787

The prompts come from /v1/queries; the other inputs of the model are computed here.
"""

import json
import sys
import urllib.request

import numpy as np
import tritonclient.http as triton

MODEL, OBJECTS, COUNT = "image-text", 8, 16
MASKED = -1e9

host = sys.argv[1] if len(sys.argv) > 1 else "localhost:8787"
client = triton.InferenceServerClient(host)
assert client.is_server_live() and client.is_server_ready() and client.is_model_ready(MODEL)
metadata = client.get_model_metadata(MODEL)
shapes = {tensor["name"]: tensor["shape"] for tensor in metadata["inputs"]}

address = f"http://{host}/v1/queries?objects={OBJECTS}&count={COUNT}&questionsPerScene=1"
with urllib.request.urlopen(address) as response:
    queries = json.load(response)["queries"]

tokens = np.array([query["tokens"] for query in queries], np.int32)  # [rows, length]
positions = np.array([query["positions"] for query in queries], np.int32)
rows, length = tokens.shape
# A row with one question is plain causal attention; the answer is read at its last token.
causal = np.where(np.tri(length, dtype=bool), 0, MASKED).astype(np.float32)
attention_bias = np.broadcast_to(causal, (rows, length, length)).copy()
answer_index = np.arange(1, rows + 1, dtype=np.int32) * length - 1
feeds = {
    "tokens": tokens,
    "positions": positions,
    "attention_bias": attention_bias,
    "answer_index": answer_index,
}
if "patch_features" in shapes:  # a model that sees pictures; text has no patches
    feeds["patch_features"] = np.zeros((rows, length, shapes["patch_features"][2]), np.float32)

for binary in (True, False):
    inputs = []
    for name, array in feeds.items():
        tensor = triton.InferInput(name, array.shape, triton.np_to_triton_dtype(array.dtype))
        tensor.set_data_from_numpy(array, binary_data=binary)
        inputs.append(tensor)
    outputs = [triton.InferRequestedOutput("logits", binary_data=binary)]
    result = client.infer(MODEL, inputs, metadata["versions"][0], outputs, request_id="1")
    answers = result.as_numpy("logits").argmax(axis=1)
    correct = sum(int(a) == query["answer"]["token"] for a, query in zip(answers, queries))
    print(f"{'binary' if binary else 'JSON'} tensors: {correct} of {rows} correct")

try:
    client.infer("nobody", inputs)
except triton.InferenceServerException as error:
    print("an error, as the client reports it:", error)
